using StatHub.Core.Tenants;
using StatHub.Storage.Compaction;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage.Recovery;

public sealed partial class RecoveryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_was_erased_does_not_come_back(bool hasCopy)
    {
        Ingest(200);
        if (hasCopy)
            _folder.Store.DatabaseCopy.Make();
        _folder.Time.Now += TimeSpan.FromSeconds(1);
        _folder.Store.Tenants.Erase(Demo);
        Ingest(100);
        var before = StoreDump.OfAll(_folder).Where(IsOfSegments).ToList();

        Lose();

        _folder.Store.Tenants.Find(Demo).Should().BeNull();
        _folder.Store.Tokens.Find(new byte[32]).Should().BeNull();
        StoreDump.OfAll(_folder).Where(IsOfSegments).Should().Equal(before);
        _folder.Ledger().Values.Sum().Should().Be(_lines);
        Verify();
    }

    [Fact]
    public void Who_was_erased_while_members_were_still_to_be_overwritten_does_not_come_back()
    {
        Ingest(200);
        _folder.Store.DatabaseCopy.Make();
        var killed = _folder.CopyAsKilled();
        try
        {
            _folder.Time.Now += TimeSpan.FromSeconds(1);
            _folder.Store.Tenants.Erase(Demo);
            _folder.Store.Dispose();
            // As if the process had ended between the note of the erase and all that follows.
            _folder.Shell($"cp '{killed}'/segments/*.gz segments/; rm stathub.db*");

            _folder.Restart();

            _folder.Store.Tenants.Find(Demo).Should().BeNull();
            _folder.Hits("other").Should().BePositive();
            _folder.Shell("zcat segments/*.gz | grep -c '\"tenant\":\"demo\"'").Should().Be("0\n");
            Verify();
        }
        finally
        {
            Directory.Delete(killed, recursive: true);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_was_registered_again_has_the_hits_since_then(bool hasCopy)
    {
        Ingest(200);
        if (hasCopy)
            _folder.Store.DatabaseCopy.Make();
        _folder.Time.Now += TimeSpan.FromDays(3);
        _folder.Store.Tenants.Erase(Demo);
        _folder.Time.Now += TimeSpan.FromSeconds(1);
        _folder.Store.Tenants.TryCreate(new Tenant(Demo, "again", null, _folder.Time.Now)).Should().BeTrue();
        _folder.Time.Now += TimeSpan.FromDays(3);
        Ingest(100);
        var before = StoreDump.OfSums(_folder);

        Lose();

        StoreDump.OfSums(_folder).Should().Equal(before);
        _folder.Store.Tenants.Find(Demo).Should().NotBeNull();
        Verify();
    }

    [Theory]
    [InlineData("before")]
    [InlineData("between")]
    [InlineData("after")]
    [InlineData("never")]
    public async Task Days_whose_raw_hits_are_gone_have_the_sums_of_their_file_or_the_copy_and_get_late_hits(string copied)
    {
        Ingest(300);
        await CompactAsync();
        _folder.Store.Tenants.TryChange(_folder.Store.Tenants.Find(Demo)! with { RetentionDays = 1 });
        if (copied == "before")
            _folder.Store.DatabaseCopy.Make();
        Ingest(50);
        _folder.Store.Retention.Run().Should().BePositive();
        if (copied == "between")
            _folder.Store.DatabaseCopy.Make();
        // Some of them late, for days without raw hits.
        Ingest(200);
        _folder.Store.Retention.Run().Should().BePositive();
        _folder.Store.Retention.Run();
        if (copied == "after")
            _folder.Store.DatabaseCopy.Make();
        Ingest(100);
        // The last commit has nothing late.
        _folder.AppendLines(JournalLine.Of("demo", "k0", _folder.Time.Now));
        _lines++;
        _folder.Store.Tail.Run(CancellationToken.None);
        var before = StoreDump.OfSums(_folder);

        Lose();

        _folder.Store.Recovery!.KeptDays.Should().BePositive();
        StoreDump.OfSums(_folder).Should().Equal(before);
        Verify();
        (await _folder.Store.Compaction.RunAsync(new CompactionRequest { After = TimeSpan.FromDays(-2), AgainAfter = TimeSpan.Zero }, null, CancellationToken.None))
            .Problems.Should().BeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_was_done_before_the_store_is_the_same_afterwards(int seed)
    {
        var random = new Random(seed);
        for (var step = 0; step < 12; step++)
        {
            switch (random.Next(6))
            {
                case 0:
                    _folder.Store.DatabaseCopy.Make();
                    break;
                case 1:
                    _folder.Restart();
                    await _folder.Store.Compaction.RunAsync(new CompactionRequest { After = TimeSpan.FromDays(-2), AgainAfter = TimeSpan.Zero }, null, CancellationToken.None);
                    break;
                case 2 when File.Exists(_folder.Live):
                    File.Move(_folder.Live, Path.Combine(_folder.Journal, $"hits-2026-09-21-14-{step:00}.log"));
                    break;
                default:
                    Ingest(random.Next(20, 120));
                    break;
            }
            var (before, raw) = (StoreDump.OfSums(_folder), _folder.Raw());
            Lose();
            StoreDump.OfSums(_folder).Should().Equal(before, $"of seed {seed}, step {step}");
            _folder.Raw().Should().Equal(raw);
            _folder.Store.Tail.Run(CancellationToken.None).Lines.Should().Be(0);
        }
        Verify();
        _folder.Ledger().Values.Sum().Should().Be(_lines);
    }

    [Fact]
    public void A_copy_of_a_journal_file_is_recognised_as_before()
    {
        Ingest(300);
        _folder.Store.DatabaseCopy.Make();
        Ingest(300);
        var hits = _folder.Hits() + _folder.Hits("other");

        Lose();
        File.Copy(_folder.Live, Path.Combine(_folder.Journal, "hits-2026-09-21-14-01.log"));
        _folder.Store.Tail.Run(CancellationToken.None);

        (_folder.Hits() + _folder.Hits("other")).Should().Be(hits);
        _folder.Ledger()["duplicate"].Should().Be(_lines);
    }
}
