namespace StatHub.Server.Tokens;

/// <summary>Finds a token's text in <c>Authorization</c>.</summary>
internal static class TokenHeader
{
    /// <summary>
    /// What follows <c>Bearer</c> or <c>Token</c>. Old clients leave out the space behind <c>Token</c>, or all of it: then the text is the token.
    /// </summary>
    public static ReadOnlySpan<char> Secret(string? header)
    {
        var text = header.AsSpan().Trim();
        foreach (var scheme in (ReadOnlySpan<string>)["Bearer ", "Token"])
        {
            if (text.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                return text[scheme.Length..].TrimStart();
        }
        return text;
    }
}
