using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace StatHub.Tests.Stats;

/// <summary>Databases of stats that earlier versions wrote, kept in tests/testdata.</summary>
internal static class StatsSamples
{
    /// <summary>The database of version 1: tenants <c>demo</c> and <c>other</c>, gauges of the bucket 1796009040.</summary>
    public static byte[] Version1([CallerFilePath] string file = "")
    {
        using var kept = new GZipStream(File.OpenRead(Path.Combine(Path.GetDirectoryName(file)!, "../../testdata/stats-v1/stats.db.gz")), CompressionMode.Decompress);
        using var bytes = new MemoryStream();
        kept.CopyTo(bytes);
        return bytes.ToArray();
    }
}
