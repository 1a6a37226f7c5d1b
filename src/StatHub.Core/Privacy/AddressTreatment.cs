using System.Net;
using System.Net.Sockets;
using System.Text;

namespace StatHub.Core.Privacy;

/// <summary>What becomes of client addresses in stored lines.</summary>
public enum AddressTreatment
{
    /// <summary>The network: an IPv4 address loses its last 8 bits, an IPv6 address all but its first 48.</summary>
    Truncated,

    /// <summary>Kept as they are.</summary>
    Full,

    /// <summary>Left out.</summary>
    None,
}

/// <summary>Treats the text of fields that hold addresses.</summary>
public static class AddressText
{
    private const int LongestAddress = 64;
    private const int NetworkGroups = 3;

    /// <summary>
    /// Truncates a list of addresses, separated by commas. What is no address is left out, because it may well be one
    /// that this code does not recognise.
    /// </summary>
    /// <param name="text">The field's text.</param>
    /// <param name="target">At least twice as long as the text, plus 64 bytes.</param>
    /// <returns>How many bytes were written.</returns>
    public static int Truncate(ReadOnlySpan<byte> text, Span<byte> target)
    {
        var written = 0;
        while (!text.IsEmpty)
        {
            var comma = text.IndexOf((byte)',');
            var one = (comma < 0 ? text : text[..comma]).Trim((byte)' ');
            text = comma < 0 ? [] : text[(comma + 1)..];
            var start = written;
            if (start > 0)
            {
                ", "u8.CopyTo(target[written..]);
                written += 2;
            }
            var length = TruncateOne(one, target[written..]);
            written = length == 0 ? start : written + length;
        }
        return written;
    }

    /// <summary>The network of one address as text; empty when the text is no address.</summary>
    public static string Truncate(string address)
    {
        Span<byte> target = stackalloc byte[LongestAddress];
        var utf8 = Encoding.UTF8.GetBytes(address);
        return Encoding.ASCII.GetString(target[..TruncateOne(utf8, target)]);
    }

    private static int TruncateOne(ReadOnlySpan<byte> text, Span<byte> target)
    {
        if (TryTruncateIPv4(text, target, out var length) || TryTruncateIPv6(text, target, out length))
            return length;
        if (text.Length is 0 or > LongestAddress || !IPAddress.TryParse(WithoutPort(text), out var address))
            return 0;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out var size);
        bytes[(address.AddressFamily == AddressFamily.InterNetwork ? 3 : 6)..].Clear();
        return new IPAddress(bytes[..size]).TryFormat(target, out length) ? length : 0;
    }

    private static string WithoutPort(ReadOnlySpan<byte> text)
    {
        var address = Encoding.Latin1.GetString(text);
        if (address.StartsWith('['))
            return address[1..Math.Max(1, address.IndexOf(']', StringComparison.Ordinal))];
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        return colon >= 0 && colon == address.LastIndexOf(':') ? address[..colon] : address;
    }

    /// <summary>The common case without an allocation: four numbers of one to three digits.</summary>
    private static bool TryTruncateIPv4(ReadOnlySpan<byte> text, Span<byte> target, out int length)
    {
        length = 0;
        var dots = 0;
        var number = -1;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsAsciiDigit((char)c))
            {
                number = Math.Max(number, 0) * 10 + (c - '0');
                if (number > 255)
                    return false;
            }
            else if (c == '.' && number >= 0 && dots < 3)
            {
                dots++;
                number = -1;
                if (dots == 3)
                    length = i + 1;
            }
            else
            {
                return false;
            }
        }
        if (dots != 3 || number < 0)
            return false;
        text[..length].CopyTo(target);
        target[length++] = (byte)'0';
        return true;
    }

    /// <summary>
    /// IPv6 as it is mostly spelled: the first three groups are of small letters and begin with no zero, so they stay as they are. Any other
    /// spelling is left to the framework.
    /// </summary>
    private static bool TryTruncateIPv6(ReadOnlySpan<byte> text, Span<byte> target, out int length)
    {
        length = 0;
        var (groups, gaps, digits) = (0, 0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != ':')
            {
                if (++digits > 4 || !(groups < NetworkGroups ? IsUsualDigit(text[i], digits) : char.IsAsciiHexDigit((char)text[i])))
                    return false;
                continue;
            }
            if (digits == 0 && (groups < NetworkGroups || ++gaps > 1))
                return false;
            groups += digits == 0 ? 0 : 1;
            digits = 0;
            if (groups == NetworkGroups && length == 0)
                length = i;
        }
        groups += digits == 0 ? 0 : 1;
        // A gap stands for two groups at least. Behind a single colon there is a group.
        if (length == 0 || (gaps == 0 ? groups != 8 || digits == 0 : groups > 6 || (digits == 0 && text[^2] != ':')))
            return false;
        text[..length].CopyTo(target);
        "::"u8.CopyTo(target[length..]);
        length += 2;
        return true;
    }

    private static bool IsUsualDigit(byte c, int place) => char.IsAsciiHexDigitLower((char)c) && (place > 1 || c != '0');
}
