using System.IO.Compression;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using StatHub.Core.Hits;
using StatHub.Core.Hits.Formats;
using StatHub.Core.Time;
using StatHub.Storage.Compaction;
using StatHub.Tests.Journal;
using StatHub.Tests.Storage;

namespace StatHub.Tests.Server;

/// <summary>Compacted hits go out as they are stored, and are the same as when they are compressed for the answer.</summary>
public sealed class StoredHitsTests : IDisposable
{
    private static readonly DateTimeOffset Day = new(2026, 9, 19, 0, 0, 0, TimeSpan.Zero);

    private readonly StoreFolder _folder = new(pendingValues: 0);
    private readonly StatHubApi _api;
    private readonly Random _random = new(7);

    public StoredHitsTests()
    {
        _api = new StatHubApi { Raw = _folder.Store.RawHits };
        _api.Register("demo");
    }

    public void Dispose()
    {
        _api.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Hits_as_they_are_stored_are_those_of_a_plain_answer_byte_for_byte()
    {
        // Three days: one with several members of the key, one where it shares its member, and one that is not over.
        Ingest(Hits("home", 0, 12_000).Concat(Hits("other", 0, 300)));
        Ingest(Hits("home", 24, 20).Concat(Hits("more", 24, 20)));
        await CompactAsync();
        Members("home").Should().BeGreaterThan(2);
        Ingest(Hits("home", 47.99, 30));
        await AssertEqualAsync("home", "2026-09-19", "2026-09-22");
        await AssertEqualAsync("home", "2026-09-19T03:10:00Z", "2026-09-19T20:00:00Z");
        await AssertEqualAsync("other", "2026-09-19", "2026-09-22");
        await AssertEqualAsync("none", "2026-09-19", "2026-09-22");

        // A late hit within a member: that one is merged, the others are not.
        Ingest(Hits("home", 12, 3));
        await AssertEqualAsync("home", "2026-09-19", "2026-09-22");
    }

    [Fact]
    public async Task Members_of_a_compacted_day_are_not_compressed_again()
    {
        Ingest(Hits("home", 0, 6_000));
        await CompactAsync();
        var stored = await File.ReadAllBytesAsync(Directory.GetFiles(Path.Combine(_folder.Path, "segments", "demo")).Single());

        var answer = await ReadAsync("home", "2026-09-19", "2026-09-20", compressed: true);

        // Any stretch of the answer is in the file.
        foreach (var at in Enumerable.Range(1, 9).Select(tenth => answer.Length / 10 * tenth))
            stored.AsSpan().IndexOf(answer.AsSpan(at, 30)).Should().BeGreaterThan(0);
        answer.Length.Should().BeLessThan(stored.Length);
    }

    [Fact]
    public void The_checksum_of_two_texts_is_that_of_both_together()
    {
        foreach (var (first, second) in new[] { (0, 0), (1, 0), (0, 1), (5, 3), (1000, 70_001), (65_536, 1_048_576), (3, 8_388_609) })
        {
            var text = RandomNumberGenerator.GetBytes(first + second);
            Crc32.Combine(Checksum(text.AsSpan(0, first)), Checksum(text.AsSpan(first)), second).Should().Be(Checksum(text));
        }
    }

    /// <summary>As the compression library has it.</summary>
    private static uint Checksum(ReadOnlySpan<byte> text)
    {
        using var stream = new MemoryStream();
        using (var gzip = new GZipStream(stream, CompressionLevel.NoCompression, leaveOpen: true))
            gzip.Write(text);
        return text.IsEmpty ? 0 : BitConverter.ToUInt32(stream.ToArray().AsSpan()[^8..^4]);
    }

    private async Task AssertEqualAsync(string key, string from, string to)
    {
        var plain = await ReadAsync(key, from, to, compressed: false);
        var compressed = await ReadAsync(key, from, to, compressed: true);
        Unzip(compressed).Should().Equal(plain);
    }

    /// <summary>Reads one member, as clients do that know nothing of several, and all of the bytes must be it.</summary>
    private static byte[] Unzip(byte[] bytes)
    {
        // The end of a member is where .NET goes on with the next: a second one would be seen by its header.
        using var content = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress))
            gzip.CopyTo(content);
        BitConverter.ToUInt32(bytes.AsSpan()[^4..]).Should().Be((uint)content.Length, "one member has all of it");
        BitConverter.ToUInt32(bytes.AsSpan()[^8..^4]).Should().Be(Checksum(content.ToArray()));
        return content.ToArray();
    }

    private async Task<byte[]> ReadAsync(string key, string from, string to, bool compressed)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/tenants/demo/keys/{key}/hits?from={from}&to={to}&format=ndjson");
        if (compressed)
            request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using var answer = await _api.Client().SendAsync(request);
        answer.Content.Headers.ContentEncoding.Should().Equal(compressed ? ["gzip"] : []);
        return await answer.Content.ReadAsByteArrayAsync();
    }

    private int Members(string key)
    {
        using var reader = (IDeflatedHitReader)_folder.Store.RawHits.Open(
            new HitScope(Core.Tenants.TenantId.Parse("demo"), HitKey.Parse(key)), MinuteRange.All, null);
        var members = 0;
        while (reader.TryTakeDeflated(out _))
            members++;
        return members;
    }

    private async Task CompactAsync() =>
        (await _folder.Store.Compaction.RunAsync(new CompactionRequest(), null, CancellationToken.None)).Days.Should().BePositive();

    private void Ingest(IEnumerable<string> lines)
    {
        _folder.AppendLines([.. lines]);
        _folder.Store.Tail.Run(CancellationToken.None);
    }

    /// <summary>Hits of the 24 hours behind some hour, several of them in one millisecond.</summary>
    private IEnumerable<string> Hits(string key, double hour, int count) => Enumerable.Range(0, count).Select(_ => Lines.Hit(
        key: key, at: (Day.AddHours(hour).ToUnixTimeMilliseconds() + _random.Next(24 * 3_600) * 1_000L) / 1000.0, args: $"n={_random.Next()}", agent: $"agent/{_random.Next()}"));
}
