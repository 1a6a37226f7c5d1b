using System.Runtime.CompilerServices;
using System.Text.Json;

namespace StatHub.Tests.Logs.Ringserver;

/// <summary>The logs of tests/testdata/ringserver, and what a reader makes of them that knows nothing of the product's.</summary>
internal static class RingserverSamples
{
    public static readonly string[] Names = ["real-v2020.075-txlog.txt", "real-v4.5.3-txlog.txt", "real-v4.5.3-txlog.jsonl"];

    private static readonly string Folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ThisFile())!, "../../../testdata/ringserver"));

    public static string Read(string name) => File.ReadAllText(PathOf(name));

    public static string PathOf(string name) => Path.Combine(Folder, name);

    /// <summary>The streams of a whole log, in its order.</summary>
    public static List<SampleStream> Streams(string log)
    {
        var streams = new List<SampleStream>();
        SampleStream client = new("", "", "", "", "", "", "", "", 0, 0);
        foreach (var line in log.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ');
            if (line[0] == '{')
                streams.AddRange(OfJson(JsonDocument.Parse(line).RootElement));
            else if (words[0] == "START")
                client = new(words[6][..10], "", "", "", "", words[^1], words[4].Split('|')[1].TrimEnd(')'), words[2], 0, 0);
            else if (words[0] != "END")
                streams.Add(Named(client, words[0], long.Parse(words[1]), long.Parse(words[2])));
        }
        return streams;
    }

    private static string ThisFile([CallerFilePath] string file = "") => file;

    private static IEnumerable<SampleStream> OfJson(JsonElement line)
    {
        var client = line.GetProperty("client");
        var agent = client.TryGetProperty("user_agent", out var told) ? told.GetString()! : "";
        var empty = new SampleStream(line.GetProperty("log_time").GetString()![..10], "", "", "", "", line.GetProperty("transfer_direction").GetString()!, agent, client.GetProperty("hostname").GetString()!, 0, 0);
        return line.GetProperty("streams").EnumerateArray().Select(stream =>
            Named(empty, stream.GetProperty("stream_id").GetString()!, stream.GetProperty("bytes").GetInt64(), stream.GetProperty("packets").GetInt64()));
    }

    private static SampleStream Named(SampleStream client, string name, long bytes, long packets)
    {
        var parts = name.Replace("FDSN:", "").Split('/')[0].Split('_');
        return client with { Network = parts[0], Station = parts[1], Location = parts[2], Channel = string.Concat(parts[3..]), Bytes = bytes, Packets = packets };
    }
}

/// <summary>A stream of a log.</summary>
internal sealed record SampleStream(
    string Day, string Network, string Station, string Location, string Channel, string Direction, string Agent, string Host, long Bytes, long Packets);
