using System.Text.Json;
using StatHub.Contracts.Tokens;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;

namespace StatHub.Server.Tokens;

/// <summary>Takes over the tokens of an <c>access.json</c> for one tenant. Their secrets are looked at and forgotten.</summary>
internal sealed class TokenImport(ITokenStore tokens, TenantId tenant, TokenScopes scopes)
{
    // Its token and secret were published with the source of stats-service, so that anybody has them.
    private const string Published = "statsbob";

    private readonly List<(ImportedToken Report, TokenToKeep? Token)> _read = [];

    public TokenImportReport Run(IReadOnlyList<AccessUser?> users)
    {
        foreach (var user in users)
            Read(user ?? new AccessUser());
        var kept = tokens.Create([.. _read.Select(one => one.Token).OfType<TokenToKeep>()]);
        var next = 0;
        var report = _read.Select(one => one.Token is null ? one.Report : Told(one.Report, one.Token, kept[next++])).ToList();
        return new TokenImportReport(
            report.Count(one => one.Outcome == "imported"), report.Count(one => one.Outcome == "known"), report.Count(one => one.Outcome == "refused"), report);
    }

    private void Read(AccessUser user)
    {
        var id = user.Id is { ValueKind: JsonValueKind.String or JsonValueKind.Number } given ? given.ToString() : null;
        var name = Clean(user.Username ?? id);
        var number = 0;
        foreach (var token in user.Tokens ?? [])
        {
            var why = Refuse(token, user.Username, id);
            _read.Add((
                new ImportedToken(name, ++number, why is null ? "imported" : "refused", Why: why),
                why is null ? new TokenToKeep(Clean(user.Name ?? name), tenant, scopes, TokenSecret.Hash(token!.Token!)) : null));
        }
    }

    private static string? Refuse(AccessToken? token, string? username, string? id)
    {
        if (token is not { Token: { } text, Secret: { } secret })
            return "It has no access_token or no access_secret.";
        if (OldToken.Identity(text, secret) is not { } identity)
            return "Its signature is not that of its access_secret.";
        if (identity == Published)
            return "It was published with the source of stats-service: anybody has it.";
        return identity == username || identity == id ? null : "Its identity is neither the user's username nor the id.";
    }

    private ImportedToken Told(ImportedToken report, TokenToKeep token, Token? kept)
    {
        if (kept is not null)
            return report with { Id = kept.Id };
        // It is there, or was a moment ago.
        return tokens.Find(token.Hash.Span) is { } known && known.Tenant == tenant
            ? report with { Outcome = "known", Id = known.Id }
            : report with { Outcome = "refused", Why = "It is in use already, and not for this tenant." };
    }

    /// <summary>A name as tokens have them.</summary>
    private static string Clean(string? name)
    {
        var text = string.Concat((name ?? "").Where(character => !char.IsControl(character)).Take(NewTokenArguments.LongestName));
        return text.Length > 0 ? text : "imported";
    }
}
