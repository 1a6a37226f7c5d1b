using System.Buffers;
using System.Text;
using System.Text.Json;
using StatHub.Core.Events;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Compaction;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage.Events;

/// <summary>Names of events: known as long as their raw hits are kept, whatever happens to the store.</summary>
public sealed class StoredEventTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");

    private readonly StoreFolder _folder = new(batchBytes: 2000, pendingValues: 0);
    private readonly EventReader _reader = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_name_counts_once_within_a_batch_across_batches_and_across_a_restart()
    {
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 60; i++)
                Send($$"""{"event":"e","event_id":"n{{i % 20}}","round":{{round}}}""");
            Ingest();
            if (round == 1)
                _folder.Restart();
        }

        _folder.Hits().Should().Be(20);
        _folder.Ledger("demo").Should().Equal(new Dictionary<string, long> { ["counted"] = 20, ["duplicate"] = 160 });
        _folder.Verify().IsClean.Should().BeTrue();
    }

    [Fact]
    public void Tenants_do_not_share_names()
    {
        Send("""{"event":"e","event_id":"x"}""");
        Send("""{"event":"e","event_id":"x"}""", "other");
        Ingest();

        (_folder.Hits("demo"), _folder.Hits("other")).Should().Be((1, 1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_lost_database_is_made_again_with_the_names(bool hasCopy)
    {
        Send("""{"event":"e","event_id":"before"}""");
        Ingest();
        if (hasCopy)
            _folder.Store.DatabaseCopy.Make();
        Send("""{"event":"e","event_id":"after"}""");
        var made = Send("""{"event":"e"}""");
        Ingest();
        var before = StoreDump.OfSums(_folder);

        Lose();
        if (!hasCopy)
            _folder.Store.Tenants.TryCreate(new Tenant(Demo, "demo", null, _folder.Time.Now.AddDays(-1)));

        StoreDump.OfSums(_folder).Should().Equal(before);
        Send("""{"event":"e","event_id":"before"}""");
        Send("""{"event":"e","event_id":"AFTER"}""");
        Ingest();
        _folder.Hits().Should().Be(3);
        Find("after").GetProperty("event").GetString().Should().Be("e");
        Find(made).GetProperty("event_id").GetString().Should().Be(made);
    }

    [Fact]
    public async Task An_event_is_found_in_a_compacted_day_and_forgotten_with_it()
    {
        var time = _folder.Time.Now.AddDays(-20);
        Send($$"""{"event":"e","event_id":"old","time":"{{time:O}}"}""");
        Send("""{"event":"e","event_id":"new"}""");
        Ingest();
        await _folder.Store.Compaction.RunAsync(new CompactionRequest { After = TimeSpan.FromDays(-2), AgainAfter = TimeSpan.Zero }, null, CancellationToken.None);
        Find("old").GetProperty("event_id").GetString().Should().Be("old");

        _folder.Store.Tenants.TryChange(_folder.Store.Tenants.Find(Demo)! with { RetentionDays = 10 });
        _folder.Store.Retention.Run().Should().Be(1);

        TryFind("old", out _).Should().BeFalse();
        TryFind("new", out _).Should().BeTrue();
        _folder.Sql("SELECT count(*) FROM event").Should().Be("1");
    }

    [Fact]
    public void An_erase_takes_the_names_along()
    {
        Send("""{"event":"e","event_id":"x"}""");
        Ingest();

        _folder.Store.Tenants.Erase(Demo);

        TryFind("x", out _).Should().BeFalse();
        _folder.Sql("SELECT count(*) FROM event").Should().Be("0");
    }

    [Fact]
    public void A_refused_event_does_not_take_its_name()
    {
        _folder.Store.Tenants.TryChange(_folder.Store.Tenants.Find(Demo)! with { HitsPerDay = 1 });
        Send("""{"event":"e","event_id":"first"}""");
        Send("""{"event":"e","event_id":"second"}""");
        Ingest();
        _folder.Ledger("demo").Should().Equal(new Dictionary<string, long> { ["counted"] = 1, ["quota"] = 1 });

        _folder.Store.Tenants.TryChange(_folder.Store.Tenants.Find(Demo)! with { HitsPerDay = null });
        Send("""{"event":"e","event_id":"second"}""");
        Ingest();

        _folder.Hits().Should().Be(2);
    }

    private string Send(string json, string tenant = "demo")
    {
        _reader.TryRead(Encoding.UTF8.GetBytes(json), EventForm.Batch, TenantId.Parse(tenant), _folder.Time.GetUtcNow()).Should().BeTrue();
        _folder.Append(Encoding.UTF8.GetString(_reader.Lines.Span), "events.log");
        return _reader.Ids[0];
    }

    private void Ingest() => _folder.Store.Tail.Run(CancellationToken.None);

    private void Lose()
    {
        _folder.Store.Dispose();
        foreach (var file in Directory.GetFiles(_folder.Path, "stathub.db*"))
            File.Delete(file);
        _folder.Restart();
    }

    private JsonElement Find(string id)
    {
        TryFind(id, out var json).Should().BeTrue(id);
        return JsonDocument.Parse(json).RootElement;
    }

    private bool TryFind(string id, out ReadOnlyMemory<byte> json)
    {
        var target = new ArrayBufferWriter<byte>();
        var found = _folder.Store.Events.TryWrite(Demo, id, target);
        json = target.WrittenMemory;
        return found;
    }
}
