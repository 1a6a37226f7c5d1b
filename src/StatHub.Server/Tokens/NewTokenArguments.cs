using StatHub.Contracts.Tokens;
using StatHub.Core.Tokens;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

/// <summary>What a token is to be; what is wrong with it is noted in the arguments.</summary>
internal readonly record struct NewTokenArguments(string Name, TokenScopes Scopes, DateTimeOffset? ExpiresAt)
{
    public const int LongestName = 100;

    private const int MostDays = 36_500;

    public static NewTokenArguments Read(NewToken body, Arguments arguments, DateTimeOffset now)
    {
        // A control character would be one in every log and list that shows the name.
        if (body.Name is not { Length: > 0 and <= LongestName } || body.Name.Any(char.IsControl))
            arguments.Refuse("name", "A name has 1 to 100 characters, no control characters among them.");
        return new NewTokenArguments(body.Name ?? "", ReadScopes(body.Scopes, arguments), ReadExpiry(body, arguments, now));
    }

    public static TokenScopes ReadScopes(IReadOnlyList<string>? names, Arguments arguments)
    {
        var scopes = TokenScopes.None;
        foreach (var name in names ?? [])
        {
            if (ScopeNames.TryParse(name, out var scope))
                scopes |= scope;
            else
                arguments.Refuse("scopes", "A scope is one of read, write, admin.");
        }
        if (scopes == TokenScopes.None && !arguments.IsRefused("scopes"))
            arguments.Refuse("scopes", "At least one of read, write, admin is needed.");
        return scopes;
    }

    private static DateTimeOffset? ReadExpiry(NewToken body, Arguments arguments, DateTimeOffset now)
    {
        if (body is { ExpiresAt: not null, ExpiresInDays: not null })
            arguments.Refuse("expiresAt", "Give it or 'expiresInDays'.");
        if (body.ExpiresInDays is < 1 or > MostDays)
            arguments.Refuse("expiresInDays", "It is a number of days from 1 to 36500.");
        else if (body.ExpiresInDays is { } days)
            return now.AddDays(days);
        if (body.ExpiresAt <= now)
            arguments.Refuse("expiresAt", "It lies in the future.");
        return body.ExpiresAt?.ToUniversalTime();
    }
}
