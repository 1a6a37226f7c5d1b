namespace StatHub.Core.Tenants;

/// <summary>Origins of web pages, such as <c>https://shop.example</c>, as browsers send them; <c>*</c> is every page.</summary>
public readonly record struct WebOrigins
{
    /// <summary>The most that one tenant may name.</summary>
    public const int Most = 20;

    /// <summary>Every page.</summary>
    public const string Every = "*";

    private const int Longest = 260;

    // One a line; null for none, so that none is equal to none.
    private readonly string? _lines;

    private WebOrigins(string lines) => _lines = lines.Length == 0 ? null : lines;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _lines is null;

    /// <summary>Whether every page is among them.</summary>
    public bool HasEvery => Allows(Every);

    /// <summary>Each of them, in the order in which they were named.</summary>
    public IReadOnlyList<string> List => _lines?.Split('\n') ?? [];

    /// <summary>Takes origins; false when one is none, or there are too many.</summary>
    public static bool TryCreate(IReadOnlyCollection<string?> origins, out WebOrigins created)
    {
        ArgumentNullException.ThrowIfNull(origins);
        var valid = origins.Count <= Most && origins.All(IsOrigin);
        created = valid ? new WebOrigins(string.Join('\n', origins.Select(origin => origin!.ToLowerInvariant()).Distinct())) : default;
        return valid;
    }

    /// <summary>Takes what <see cref="ToString"/> gave.</summary>
    public static WebOrigins Parse(string lines)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return new WebOrigins(lines);
    }

    /// <summary>Whether an origin is among them.</summary>
    public bool Allows(string origin)
    {
        foreach (var line in _lines.AsSpan().EnumerateLines())
        {
            if (line.Length > 0 && line.SequenceEqual(origin))
                return true;
        }
        return false;
    }

    /// <summary>One a line.</summary>
    public override string ToString() => _lines ?? "";

    // Scheme, host and a port that is not the scheme's own: in no other way does a browser write it.
    private static bool IsOrigin(string? text) => text == Every
        || (text is { Length: > 0 and <= Longest } && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && uri.Host.Length > 0 && text.Equals(Text(uri), StringComparison.OrdinalIgnoreCase));

    private static string Text(Uri uri) => $"{uri.Scheme}://{(uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost)}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}";
}
