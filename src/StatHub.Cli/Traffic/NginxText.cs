using System.Globalization;
using System.Text;

namespace StatHub.Cli.Traffic;

/// <summary>Text as nginx logs it.</summary>
internal static class NginxText
{
    /// <summary>What <c>escape=json</c> makes of a value.</summary>
    public static byte[] Json(string value) => Escape(value, c => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\b' => "\\b",
        '\f' => "\\f",
        < ' ' => "\\u" + ((int)c).ToString("X4", CultureInfo.InvariantCulture),
        _ => null,
    });

    /// <summary>What the combined format makes of a value: <c>-</c> when empty, other bytes than printable ASCII as <c>\xHH</c>.</summary>
    public static byte[] Combined(string value)
    {
        if (value.Length == 0)
            return "-"u8.ToArray();
        var latin = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value));
        return Escape(latin, c => c is '"' or '\\' or < ' ' or > '~'
            ? "\\x" + ((int)c).ToString("X2", CultureInfo.InvariantCulture)
            : null);
    }

    private static byte[] Escape(string value, Func<char, string?> escape)
    {
        var text = new StringBuilder(value.Length);
        foreach (var c in value)
            text.Append(escape(c) ?? c.ToString());
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

/// <summary>A value in both formats, escaped once.</summary>
internal sealed class LoggedText(string value)
{
    public byte[] Json { get; } = NginxText.Json(value);

    public byte[] Combined { get; } = NginxText.Combined(value);
}
