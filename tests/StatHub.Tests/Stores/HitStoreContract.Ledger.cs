using StatHub.Core.Journal;
using StatHub.Core.Ledger;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Stores;

public abstract partial class HitStoreContract
{
    [Fact]
    public async Task Every_refused_line_is_in_the_ledger_by_its_reason()
    {
        await IngestAsync(
            JournalLine.Of("demo", "home", Noon),
            "not json",
            JournalLine.Of("Demo", "home", Noon),
            JournalLine.Of("demo", "a/b", Noon),
            JournalLine.Of("demo", "home", Noon, "tv=1e9"),
            JournalLine.Of("nobody", "home", Noon),
            JournalLine.Of("demo", "home", new DateTimeOffset(1999, 12, 31, 23, 59, 59, TimeSpan.Zero)),
            JournalLine.Of("demo", "home", Noon.AddHours(25)),
            JournalLine.Of("demo", "home", Noon, status: 429),
            JournalLine.Of("demo", "home", Noon, status: 404));

        var totals = _store.Ledger.Totals(MinuteRange.All, null);

        totals.Lines.Should().Be(10);
        totals.Counted.Should().Be(1);
        totals.Rejected.Should().BeEquivalentTo(new Dictionary<RejectReason, long>
        {
            [RejectReason.Malformed] = 1,
            [RejectReason.BadTenant] = 1,
            [RejectReason.BadKey] = 1,
            [RejectReason.BadValue] = 1,
            [RejectReason.UnknownTenant] = 1,
            [RejectReason.TimeOutOfRange] = 2,
            [RejectReason.Flood] = 1,
            [RejectReason.Status] = 1,
        });
    }

    [Fact]
    public async Task The_ledger_goes_by_the_time_of_commit_and_by_tenant()
    {
        await IngestAsync(JournalLine.Of("demo", "home", Noon.AddDays(-5)), JournalLine.Of("other", "home", Noon));
        Time.Now = Noon.AddMinutes(10);
        await IngestAsync(JournalLine.Of("demo", "home", Noon, "tv=x"));
        var minute = MinuteRange.MinuteOf(Noon);

        _store.Ledger.Totals(new MinuteRange(minute, minute + 10), null).Lines.Should().Be(2);
        _store.Ledger.Totals(new MinuteRange(minute + 10, MinuteRange.Unbounded), null).Lines.Should().Be(1);
        _store.Ledger.Totals(MinuteRange.All, Demo).Should().BeEquivalentTo(
            new LedgerTotals(1, new Dictionary<RejectReason, long> { [RejectReason.BadValue] = 1 }));
        _store.Ledger.Totals(MinuteRange.All, TenantId.Parse("nobody")).Lines.Should().Be(0);
    }

    [Fact]
    public async Task Refused_lines_are_kept_as_samples()
    {
        await IngestAsync("first bad line", JournalLine.Of("demo", "home", Noon), "second bad line", JournalLine.Of("demo", "home", Noon, status: 500));

        _store.Ledger.Rejected(RejectReason.Malformed, 10).Select(line => line.Line).Should().BeEquivalentTo("first bad line", "second bad line");
        _store.Ledger.Rejected(null, 10).Should().HaveCount(3).And.OnlyContain(line => line.CommittedAt <= Time.Now);
        _store.Ledger.Rejected(null, 2).Should().HaveCount(2);
        _store.Ledger.Rejected(RejectReason.Torn, 10).Should().BeEmpty();
    }
}
