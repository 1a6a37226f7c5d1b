using StatHub.Core.Tokens;

namespace StatHub.Server.Tokens;

/// <summary>Scopes as the API calls them.</summary>
internal static class ScopeNames
{
    private static readonly (string Name, TokenScopes Scope)[] All =
    [
        ("read", TokenScopes.Read), ("write", TokenScopes.Write), ("admin", TokenScopes.Admin),
    ];

    public static bool TryParse(string? name, out TokenScopes scope)
    {
        scope = All.FirstOrDefault(known => known.Name == name).Scope;
        return scope != TokenScopes.None;
    }

    public static IReadOnlyList<string> Of(TokenScopes scopes) =>
        [.. All.Where(known => scopes.HasFlag(known.Scope)).Select(known => known.Name)];
}
