using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Ledger;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Core.Tokens;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Stores;

/// <summary>The ports of one store, and a way to get journal lines into it.</summary>
public interface IStoreUnderTest : IAsyncDisposable
{
    IHitCounts Counts { get; }

    IDimensionCounts Dimensions { get; }

    IRawHits Raw { get; }

    ITenantStore Tenants { get; }

    ITokenStore Tokens { get; }

    ILedger Ledger { get; }

    /// <summary>Reads lines, without their newlines, as one batch of the journal and returns when they are committed.</summary>
    Task IngestAsync(IReadOnlyList<string> lines);
}

/// <summary>
/// What every store must do. A subclass says how a store is opened; the memory store answers the same questions by brute
/// force, and both must agree.
/// </summary>
public abstract partial class HitStoreContract : IAsyncLifetime
{
    /// <summary>The instant of the clock that the store is given.</summary>
    protected static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 30, TimeSpan.Zero);

    private static readonly TenantId Demo = TenantId.Parse("demo");
    private static readonly TenantId Other = TenantId.Parse("other");

    private IStoreUnderTest _store = null!;

    protected ManualTime Time { get; } = new(Noon);

    /// <summary>Opens an empty store with the clock <see cref="Time"/>.</summary>
    protected abstract Task<IStoreUnderTest> OpenAsync();

    public async Task InitializeAsync()
    {
        _store = await OpenAsync();
        _store.Tenants.TryCreate(new Tenant(Demo, "Demo", null, Noon.AddYears(-10))).Should().BeTrue();
        _store.Tenants.TryCreate(new Tenant(Other, "Other", 30, Noon.AddYears(-10))).Should().BeTrue();
    }

    public async Task DisposeAsync() => await _store.DisposeAsync();

    private async Task IngestAsync(params string[] lines) => await _store.IngestAsync(lines);

    private long Count(HitScope scope, long from = 0, long to = MinuteRange.Unbounded) => _store.Counts.Count(scope, new MinuteRange(from, to)).Hits;

    private List<string> Lines(HitScope scope, long from = 0, long to = MinuteRange.Unbounded) =>
        ReadAll(_store.Raw.Open(scope, new MinuteRange(from, to), null));

    private static List<string> ReadAll(IRawHitReader reader)
    {
        using (reader)
        {
            var lines = new List<string>();
            for (var block = reader.Read(int.MaxValue); !block.IsEmpty; block = reader.Read(int.MaxValue))
                lines.AddRange(Split(block.Span));
            return lines;
        }
    }

    private static List<string> Split(ReadOnlySpan<byte> block)
    {
        block[^1].Should().Be((byte)'\n', "a block ends with a line");
        return [.. Encoding.UTF8.GetString(block[..^1]).Split('\n')];
    }

    private static string Args(string line) => JsonDocument.Parse(line).RootElement.GetProperty("args").GetString()!;

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
