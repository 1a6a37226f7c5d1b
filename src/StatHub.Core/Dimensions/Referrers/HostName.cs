using System.Text;

namespace StatHub.Core.Dimensions.Referrers;

/// <summary>Names of hosts, as referrers and the <c>Host</c> header have them.</summary>
public static class HostName
{
    /// <summary>The longest name.</summary>
    public const int MaxBytes = 253;

    /// <summary>
    /// Brings a host to lower case, without <c>www.</c>, port and the dot at its end. International names stay in their
    /// ASCII form. False when it is no name and no IPv4 address.
    /// </summary>
    /// <param name="host">A host, perhaps with its port.</param>
    /// <param name="target">At least <see cref="MaxBytes"/> long.</param>
    /// <param name="length">How many bytes were written.</param>
    public static bool TryNormalize(ReadOnlySpan<byte> host, Span<byte> target, out int length)
    {
        length = 0;
        host = WithoutWww(WithoutPort(host));
        if (host.Length is 0 or > MaxBytes)
            return false;
        var label = 0;
        foreach (var c in host)
        {
            if (c == '.' ? label == 0 : !IsNameByte(c))
                return false;
            label = c == '.' ? 0 : label + 1;
            target[length++] = (byte)char.ToLowerInvariant((char)c);
        }
        return label > 0;
    }

    /// <summary>Whether a normalised name is the one that a <c>Host</c> header names.</summary>
    public static bool Is(ReadOnlySpan<byte> normalized, ReadOnlySpan<byte> header) =>
        Ascii.EqualsIgnoreCase(normalized, WithoutWww(WithoutPort(header)));

    private static bool IsNameByte(byte c) => char.IsAsciiLetterOrDigit((char)c) || c is (byte)'-' or (byte)'_';

    private static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> host)
    {
        var colon = host.LastIndexOf((byte)':');
        if (colon >= 0 && host[(colon + 1)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0)
            host = host[..colon];
        return host is [.., (byte)'.'] ? host[..^1] : host;
    }

    private static ReadOnlySpan<byte> WithoutWww(ReadOnlySpan<byte> host) =>
        host.Length > 4 && Ascii.EqualsIgnoreCase(host[..4], "www."u8) && host[4..].Contains((byte)'.') ? host[4..] : host;
}
