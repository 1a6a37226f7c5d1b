using System.Text;

namespace StatHub.Cli.Traffic;

/// <summary>
/// Turns a good line into one that must not be counted, in the ways that clients, full disks and strangers do. A kind is
/// called after the reason in the ledger; <c>glued</c> is a fragment with a good line behind it: one torn, one counted.
/// </summary>
internal sealed class HostileLines(TrafficRandom random)
{
    private const int TooLong = 256 * 1024;

    private static readonly WeightedChoice<(string Kind, Change Change)> Changes = new(
    [
        (20, ("malformed", NotAHit)), (10, ("malformed", Garbage)), (10, ("torn", Spoilt)), (8, ("torn", Torn)), (7, ("glued", Glued)),
        (8, ("bad_tenant", (r, l) => Replace(l, "\"tenant\":\"", r.Pick(["Demo", "a-b", "", "x y", "../etc"])))),
        (8, ("bad_key", (r, l) => Replace(l, "\"key\":\"", r.Pick(["", "a/b", "\\u0000", "a\\u000A", new string('k', 129)])))),
        (10, ("bad_value", (r, l) => Replace(l, "\"args\":\"", r.Pick(["tv=1e3", "tv=abc", "tv=1234567890123", "tv=1.1234567", "tv=%00"])))),
        (8, ("unknown_tenant", (r, l) => Replace(l, "\"tenant\":\"", $"stranger{r.Next(1000)}"))),
        (5, ("time_out_of_range", (r, l) => ReplaceNumber(l, "\"msec\":", r.Pick(["0.000", "946684799.999", "99999999999.000"])))),
        (8, ("flood", (_, l) => ReplaceNumber(l, "\"status\":", "429"))),
        (5, ("status", (r, l) => ReplaceNumber(l, "\"status\":", r.Pick(["404", "499", "500"])))),
        (0.05, ("too_long", (_, l) => Replace(l, "\"http_referer\":\"", new string('x', TooLong)))),
    ]);

    private delegate byte[] Change(TrafficRandom random, string line);

    /// <summary>Changes a line; the answer ends with a newline.</summary>
    public byte[] From(ReadOnlySpan<byte> line, out string kind)
    {
        (kind, var change) = Changes.Next(random);
        // Latin-1 keeps every byte as it is.
        return change(random, Encoding.Latin1.GetString(line));
    }

    private static byte[] NotAHit(TrafficRandom random, string line) => Bytes(random.Pick(
    [
        "null\n", "[]\n", "{}\n", "\"tenant\"\n", "127.0.0.1 - - \"GET / HTTP/1.1\" 200 43\n",
        new string('{', 500) + "\n", "{\"key\":\"home\",\"tenant\":\"demo\"\n", " " + line[1..],
    ]));

    private static byte[] Garbage(TrafficRandom random, string line)
    {
        var bytes = new byte[1 + random.Next(300)];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)random.Next(256) is var b && b == '\n' ? (byte)0 : b;
        bytes[^1] = (byte)'\n';
        return bytes;
    }

    // It begins as a line does, and is none.
    private static byte[] Spoilt(TrafficRandom random, string line) => Bytes(random.Pick(
    [
        line.TrimEnd('\n', '}') + "\n", line.Replace(',', ';'), line.Replace("\"status\":", "\"status\":x", StringComparison.Ordinal),
    ]));

    private static byte[] Torn(TrafficRandom random, string line) => Bytes(Fragment(random, line) + "\n");

    // After a full disk: the rest of the line and its newline were never written, the next line was.
    private static byte[] Glued(TrafficRandom random, string line) => Bytes(Fragment(random, line) + line);

    private static string Fragment(TrafficRandom random, string line) => line[..(11 + random.Next(line.Length - 20))];

    private static byte[] Replace(string line, string field, string value)
    {
        var start = line.IndexOf(field, StringComparison.Ordinal) + field.Length;
        return Bytes(line[..start] + value + line[line.IndexOf("\",\"", start, StringComparison.Ordinal)..]);
    }

    private static byte[] ReplaceNumber(string line, string field, string value)
    {
        var start = line.IndexOf(field, StringComparison.Ordinal) + field.Length;
        return Bytes(line[..start] + value + line[line.IndexOf(',', start)..]);
    }

    private static byte[] Bytes(string latin) => Encoding.Latin1.GetBytes(latin);
}
