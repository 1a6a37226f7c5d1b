using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace StatHub.Core.Dimensions.Referrers;

/// <summary>Where a visit came from.</summary>
/// <param name="Host">The host, normalised as by <see cref="HostName"/>; the package of an Android application.</param>
/// <param name="Path">The host with the path, at most 255 bytes of UTF-8; the host alone where the path is <c>/</c>.</param>
/// <param name="Source">Who stands behind the host; the host where nobody is known.</param>
public sealed record Referrer(ReadOnlyMemory<byte> Host, ReadOnlyMemory<byte> Path, ReadOnlyMemory<byte> Source)
{
    /// <summary>Of the address only so much is looked at.</summary>
    public const int MaxBytes = 2048;

    /// <summary>
    /// Reads the address that a browser sent as <c>Referer</c>, or a page as <c>r</c>. False for what is no web address and no
    /// Android application, and for spam.
    /// </summary>
    /// <param name="address">Decoded text; any bytes.</param>
    /// <param name="spam">Hosts that shall not be named.</param>
    /// <param name="referrer">What it says.</param>
    public static bool TryRead(ReadOnlySpan<byte> address, HostSet spam, [NotNullWhen(true)] out Referrer? referrer)
    {
        ArgumentNullException.ThrowIfNull(spam);
        referrer = null;
        address = address.Trim((byte)' ');
        if (address.Length > MaxBytes)
            address = address[..MaxBytes];
        if (!TrySplit(address, out var authority, out var path))
            return false;
        Span<byte> name = stackalloc byte[HostName.MaxBytes];
        if (!HostName.TryNormalize(authority, name, out var length) || spam.Contains(name[..length]))
            return false;
        var host = name[..length].ToArray();
        referrer = new Referrer(host, WithPath(host, path), ReferrerSources.Find(host) ?? host);
        return true;
    }

    public override string ToString() => $"{Encoding.UTF8.GetString(Path.Span)} of {Encoding.UTF8.GetString(Source.Span)}";

    private static bool TrySplit(ReadOnlySpan<byte> address, out ReadOnlySpan<byte> authority, out ReadOnlySpan<byte> path)
    {
        authority = path = default;
        var scheme = address.IndexOf("://"u8);
        if (scheme < 0 || !IsKnown(address[..scheme]))
            return false;
        var rest = address[(scheme + 3)..];
        var end = rest.IndexOfAny((byte)'?', (byte)'#', (byte)'\\');
        rest = end < 0 ? rest : rest[..end];
        var slash = rest.IndexOf((byte)'/');
        authority = slash < 0 ? rest : rest[..slash];
        path = slash < 0 ? [] : rest[slash..];
        // A name and a password may stand before the host; nobody shall read them in a list.
        authority = authority[(authority.LastIndexOf((byte)'@') + 1)..];
        return true;
    }

    private static bool IsKnown(ReadOnlySpan<byte> scheme) =>
        Ascii.EqualsIgnoreCase(scheme, "https"u8) || Ascii.EqualsIgnoreCase(scheme, "http"u8) || Ascii.EqualsIgnoreCase(scheme, "android-app"u8);

    private static ReadOnlyMemory<byte> WithPath(byte[] host, ReadOnlySpan<byte> path)
    {
        if (path.Length <= 1)
            return host;
        Span<byte> clean = stackalloc byte[DimensionText.MaxBytes];
        var text = DimensionText.Clean([.. host, .. path], clean);
        return text.ToArray();
    }
}
