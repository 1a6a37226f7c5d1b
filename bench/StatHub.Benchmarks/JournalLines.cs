using System.Text;
using StatHub.Cli.Traffic;
using StatHub.Core.Journal;
using StatHub.Core.Tenants;

namespace StatHub.Benchmarks;

/// <summary>The generator's lines, as all benchmarks read them.</summary>
internal static class JournalLines
{
    public const int Count = 10_000;

    private static readonly TrafficPlan Plan = new()
    {
        Lines = Count,
        Tenants = ["demo", "shop", "blog"],
        KeysPerTenant = 500,
        From = new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero),
        To = new DateTimeOffset(2025, 6, 1, 1, 0, 0, TimeSpan.Zero),
    };

    /// <summary>A clock that the lines are valid at.</summary>
    public static long NowMilliseconds => Plan.To.ToUnixTimeMilliseconds();

    public static JournalFileName LiveFile { get; } =
        JournalFileName.TryParse(JournalFileName.Live, out var name) ? name : throw new InvalidOperationException("The live file has no name.");

    public static TenantDirectory Tenants() => new(Plan.Tenants.Select((name, number) =>
        new TenantEntry(number, TenantId.Parse(name), Encoding.ASCII.GetBytes(name), Registered: true, ErasedAt: 0)));

    /// <summary>All lines with their newlines.</summary>
    public static byte[] Bytes(double hostilePercent = 0)
    {
        using var output = new MemoryStream();
        new TrafficGenerator(Plan with { HostilePercent = hostilePercent }).Write(output, CancellationToken.None);
        return output.ToArray();
    }

    /// <summary>The lines one by one, without newlines.</summary>
    public static byte[][] Each(double hostilePercent = 0)
    {
        var lines = new List<byte[]>();
        var bytes = Bytes(hostilePercent).AsSpan();
        while (!bytes.IsEmpty)
        {
            var end = bytes.IndexOf((byte)'\n');
            lines.Add(bytes[..end].ToArray());
            bytes = bytes[(end + 1)..];
        }
        return [.. lines];
    }
}
