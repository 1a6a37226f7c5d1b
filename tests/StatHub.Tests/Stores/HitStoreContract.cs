using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
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
public abstract class HitStoreContract : IAsyncLifetime
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

    [Fact]
    public async Task Hits_of_bots_are_counted_and_told_apart()
    {
        const string crawler = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";
        await _store.IngestAsync(
        [
            JournalLine.Of("demo", "home", Noon), JournalLine.Of("demo", "home", Noon.AddMinutes(-61), userAgent: crawler),
            JournalLine.Of("demo", "home", Noon.AddMinutes(-61), userAgent: ""), JournalLine.Of("demo", "a", Noon.AddDays(-40), userAgent: "curl/8.14.1"),
        ]);

        _store.Counts.Count(new HitScope(Demo), MinuteRange.All).Should().Be(new HitTotals(4, 3, new ValueSum(4_000_000), null));
        _store.Counts.Count(new HitScope(Demo, HitKey.Parse("home")), MinuteRange.All).Bots.Should().Be(2);
        var hour = MinuteRange.MinuteOf(Noon.AddMinutes(-61)) / 60 * 60;
        _store.Counts.Series(new HitScope(Demo), [hour, hour + 59, hour + 60, hour + 180]).Select(point => (point.Hits, point.Bots))
            .Should().Equal((0, 0), (2, 2), (1, 0));
    }

    [Fact]
    public async Task Values_of_a_dimension_are_summed_over_whole_days()
    {
        const string firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        await _store.IngestAsync(
        [
            JournalLine.Of("demo", "home", Noon, "tv=2.5&d.plan=gold", userAgent: firefox, referrer: "https://www.google.com/search"),
            JournalLine.Of("demo", "home", Noon.AddHours(-11), "d.plan=gold", userAgent: "curl/8.14.1"),
            JournalLine.Of("demo", "a", Noon.AddDays(-45), "d.plan=free", userAgent: firefox),
            JournalLine.Of("other", "home", Noon, "d.plan=gold", userAgent: firefox),
        ]);
        var today = MinuteRange.MinuteOf(Noon) / MinuteRange.PerDay;
        var plan = new DimensionName(Dimension.Own, "plan");

        Top(new HitScope(Demo), plan, today, today + 1).Should().Equal(("gold", new Tally(2, 1, new ValueSum(3_500_000))));
        Top(new HitScope(Demo), plan, 0, long.MaxValue).Should().Equal(("gold", new Tally(2, 1, new ValueSum(3_500_000))), ("free", new Tally(1, 0, new ValueSum(1_000_000))));
        Top(new HitScope(Demo, HitKey.Parse("a")), plan, today - 60, today).Should().Equal(("free", new Tally(1, 0, new ValueSum(1_000_000))));
        Top(new HitScope(Demo), new DimensionName(Dimension.Key), today - 60, today + 1).Select(one => (one.Name, one.Sums.Hits)).Should().Equal(("home", 2), ("a", 1));
        Top(new HitScope(Demo), new DimensionName(Dimension.Source), today, today + 1).Select(one => one.Name).Should().Equal("Google");
        Top(new HitScope(Demo), new DimensionName(Dimension.Browser), today, today + 1).Select(one => one.Name).Should().BeEquivalentTo("Firefox", "curl");
        Top(new HitScope(Demo), new DimensionName(Dimension.Own, "other"), 0, long.MaxValue).Should().BeEmpty();
        Top(new HitScope(TenantId.Parse("nobody")), plan, 0, long.MaxValue).Should().BeEmpty();
        _store.Dimensions.Series(new HitScope(Demo), plan, "gold", new DayRange(today - 50, today + 1)).Should().Equal(
            new Dictionary<long, Tally> { [today] = new(2, 1, new ValueSum(3_500_000)) });
    }

    [Fact]
    public async Task An_erased_tenant_has_no_dimensions_when_it_is_registered_again()
    {
        await _store.IngestAsync([JournalLine.Of("demo", "home", Noon, "d.plan=gold")]);
        _store.Tenants.Erase(Demo);
        _store.Tenants.TryCreate(new Tenant(Demo, "Demo", null, Noon.AddMinutes(-10))).Should().BeTrue();
        await _store.IngestAsync([JournalLine.Of("demo", "home", Noon, "d.plan=free")]);

        Top(new HitScope(Demo), new DimensionName(Dimension.Own, "plan"), 0, long.MaxValue).Select(one => one.Name).Should().Equal("free");
    }

    private List<(string Name, Tally Sums)> Top(HitScope scope, DimensionName dimension, long from, long to) =>
        [.. _store.Dimensions.Top(scope, dimension, new DayRange(from, to)).ByHits().Select(one => (Encoding.UTF8.GetString(one.Name.Span), one.Sums))];

    [Fact]
    public void Nothing_has_sums_of_zero()
    {
        _store.Counts.Count(new HitScope(Demo), MinuteRange.All).Should().Be(HitTotals.None);
        _store.Counts.Count(new HitScope(TenantId.Parse("nobody"), HitKey.Parse("x")), MinuteRange.All).Should().Be(HitTotals.None);
        _store.Counts.Series(new HitScope(Demo), [0, 1, 1440]).Should().Equal(HitTotals.None, HitTotals.None);
        _store.Counts.Keys(Demo, "", null, 10).Should().BeEmpty();
    }

    [Fact]
    public async Task Count_includes_the_first_minute_and_excludes_the_last()
    {
        var minute = MinuteRange.MinuteOf(Noon);
        await IngestAsync(
            JournalLine.Of("demo", "home", MinuteRange.InstantOf(minute).AddMilliseconds(-1)),
            JournalLine.Of("demo", "home", MinuteRange.InstantOf(minute)),
            JournalLine.Of("demo", "home", MinuteRange.InstantOf(minute + 1).AddMilliseconds(-1)),
            JournalLine.Of("demo", "home", MinuteRange.InstantOf(minute + 1)));

        Count(new HitScope(Demo), minute, minute + 1).Should().Be(2);
        Count(new HitScope(Demo), minute - 1, minute + 2).Should().Be(4);
        Count(new HitScope(Demo), 0, MinuteRange.Unbounded).Should().Be(4);
    }

    [Fact]
    public async Task Counts_of_keys_and_tenants_are_their_own()
    {
        await IngestAsync(
            JournalLine.Of("demo", "home", Noon), JournalLine.Of("demo", "Home", Noon), JournalLine.Of("demo", "hom", Noon),
            JournalLine.Of("other", "home", Noon));

        Count(new HitScope(Demo)).Should().Be(3);
        Count(new HitScope(Demo, HitKey.Parse("home"))).Should().Be(1);
        Count(new HitScope(Other)).Should().Be(1);
        Count(new HitScope(Other, HitKey.Parse("Home"))).Should().Be(0);
    }

    [Fact]
    public async Task Values_are_summed_exactly()
    {
        await IngestAsync([.. Enumerable.Repeat(JournalLine.Of("demo", "home", Noon, "tv=0.1"), 10), JournalLine.Of("demo", "home", Noon, "tv=-999999999999.999999")]);

        _store.Counts.Count(new HitScope(Demo), MinuteRange.All).Value.ToString().Should().Be("-999999999998.999999");
    }

    [Fact]
    public async Task Later_batches_add_to_earlier_ones()
    {
        await IngestAsync(JournalLine.Of("demo", "home", Noon), JournalLine.Of("demo", "home", Noon.AddDays(-3)));
        Time.Now = Noon.AddMinutes(1);
        await IngestAsync(JournalLine.Of("demo", "home", Noon), JournalLine.Of("demo", "home", Noon.AddDays(-3)));

        Count(new HitScope(Demo)).Should().Be(4);
        Lines(new HitScope(Demo)).Should().HaveCount(4);
    }

    [Fact]
    public async Task Keys_come_in_the_order_of_their_bytes()
    {
        string[] keys = ["b", "a", "ü", "B", "a b", "z/".Replace('/', '%'), "\U0001F600", "\uFF01"];
        await IngestAsync([.. keys.Select(key => JournalLine.Of("demo", key, Noon)), JournalLine.Of("other", "c", Noon)]);
        var expected = keys.OrderBy(key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal).ToList();

        _store.Counts.Keys(Demo, "", null, 100).Select(key => key.Key.ToString()).Should().Equal(expected);
        _store.Counts.Keys(Demo, "", null, 3).Select(key => key.Key.ToString()).Should().Equal(expected.Take(3));
        _store.Counts.Keys(Demo, "", HitKey.Parse(expected[2]), 100).Select(key => key.Key.ToString()).Should().Equal(expected.Skip(3));
        _store.Counts.Keys(Demo, "a", null, 100).Select(key => key.Key.ToString()).Should().Equal("a", "a b");
        _store.Counts.Keys(Demo, "a", HitKey.Parse("a"), 100).Select(key => key.Key.ToString()).Should().Equal("a b");
        _store.Counts.Keys(Demo, "%", null, 100).Should().BeEmpty();
    }

    [Fact]
    public async Task A_key_knows_its_first_and_last_instant()
    {
        await IngestAsync(
            JournalLine.Of("demo", "home", Noon.AddMilliseconds(7)), JournalLine.Of("demo", "home", Noon.AddDays(-2).AddMilliseconds(3)),
            JournalLine.Of("demo", "home", Noon.AddHours(-1)));

        _store.Counts.Keys(Demo, "", null, 10).Should().Equal(
            new KeySummary(HitKey.Parse("home"), 3, Noon.AddDays(-2).AddMilliseconds(3), Noon.AddMilliseconds(7)));
    }

    [Fact]
    public async Task Raw_hits_of_a_millisecond_come_in_the_order_of_their_keys_bytes()
    {
        string[] keys = ["b", "a\"", "a", "a\\", "ü", "a0", "B", "a\\b", "a\"b", "a]", "\\", "\"", "!", "\U0001F600", "\uFF01", "b"];
        await IngestAsync([.. keys.Take(9).Select((key, i) => Hit(1, $"n{i:00}", key)), Hit(0, "first", "z")]);
        await IngestAsync([.. keys.Skip(9).Select((key, i) => Hit(1, $"n{i + 9:00}", key))]);
        var expected = keys.Select((key, i) => (Name: $"n{i:00}", Bytes: Convert.ToHexString(Encoding.UTF8.GetBytes(key))))
            .OrderBy(one => one.Bytes, StringComparer.Ordinal).ThenBy(one => one.Name, StringComparer.Ordinal).Select(one => one.Name);

        Lines(new HitScope(Demo)).Select(Args).Should().Equal(expected.Prepend("first"));
    }

    [Fact]
    public async Task Raw_hits_of_a_key_come_in_the_order_of_their_instants_and_of_their_commit_within_a_millisecond()
    {
        await IngestAsync(Hit(5, "a"), Hit(1, "b"), Hit(5, "c"));
        await IngestAsync(Hit(5, "d"), Hit(0, "e"), Hit(1, "f"));

        Lines(new HitScope(Demo)).Select(Args).Should().Equal("e", "b", "f", "a", "c", "d");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public async Task Reading_goes_on_behind_any_position(int linesPerRead)
    {
        await IngestAsync([.. Enumerable.Range(0, 150).Select(i => Hit(i / 20, $"n{i}", $"k{i % 3}"))]);
        var seen = new List<string>();
        RawHitPosition? position = null;
        while (true)
        {
            using var reader = _store.Raw.Open(new HitScope(Demo), MinuteRange.All, position);
            var block = reader.Read(linesPerRead);
            if (block.IsEmpty)
                break;
            var lines = Split(block.Span);
            lines.Count.Should().BeInRange(1, linesPerRead);
            seen.AddRange(lines);
            position = reader.Position;
        }

        seen.Select(Args).Should().Equal(Enumerable.Range(0, 150).OrderBy(i => i / 20).ThenBy(i => i % 3).Select(i => $"n{i}"));
    }

    [Fact]
    public async Task A_reader_sees_what_was_committed_before_it_was_opened()
    {
        await IngestAsync(Hit(1, "a"), Hit(3, "b"));
        using var reader = _store.Raw.Open(new HitScope(Demo), MinuteRange.All, null);
        await IngestAsync(Hit(2, "c"), Hit(4, "d"));

        ReadAll(reader).Select(Args).Should().Equal("a", "b");
        Lines(new HitScope(Demo)).Select(Args).Should().Equal("a", "c", "b", "d");
    }

    [Fact]
    public async Task A_block_may_be_written_to()
    {
        await IngestAsync(Hit(1, "a"), Hit(2, "b"));
        using (var reader = _store.Raw.Open(new HitScope(Demo), MinuteRange.All, null))
            reader.Read(1).Span.Clear();

        Lines(new HitScope(Demo)).Select(Args).Should().Equal("a", "b");
    }

    [Fact]
    public async Task Raw_hits_of_a_range_are_those_that_are_counted()
    {
        var minute = MinuteRange.MinuteOf(Noon);
        await IngestAsync([.. Enumerable.Range(-5, 11).Select(i => JournalLine.Of("demo", i % 2 == 0 ? "even" : "odd", Noon.AddSeconds(20 * i), $"n={i}"))]);

        foreach (var scope in (HitScope[])[new(Demo), new(Demo, HitKey.Parse("even")), new(Other)])
            Lines(scope, minute, minute + 1).Should().HaveCount((int)Count(scope, minute, minute + 1));
    }

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

    [Fact]
    public void Tenants_are_registered_once_and_listed_by_name()
    {
        _store.Tenants.TryCreate(new Tenant(Demo, "Again", 1, Noon)).Should().BeFalse();
        _store.Tenants.TryCreate(new Tenant(TenantId.Parse("a"), "Z", null, Noon)).Should().BeTrue();

        _store.Tenants.List().Select(tenant => tenant.Id.ToString()).Should().Equal("a", "demo", "other");
        _store.Tenants.Find(Demo).Should().Be(new Tenant(Demo, "Demo", null, Noon.AddYears(-10)));
        _store.Tenants.Find(Other)!.RetentionDays.Should().Be(30);
        _store.Tenants.Find(TenantId.Parse("nobody")).Should().BeNull();
    }

    [Fact]
    public async Task A_tenant_that_is_erased_and_registered_again_counts_its_keys_from_nothing()
    {
        await _store.IngestAsync([JournalLine.Of("demo", "home", Noon), JournalLine.Of("demo", "a", Noon)]);
        _store.Tenants.Erase(Demo).Should().BeTrue();
        await _store.IngestAsync([JournalLine.Of("other", "x", Noon), JournalLine.Of("other", "y", Noon), JournalLine.Of("other", "z", Noon)]);
        _store.Tenants.TryCreate(new Tenant(Demo, "Demo", null, Noon.AddMinutes(-10))).Should().BeTrue();

        await _store.IngestAsync([JournalLine.Of("demo", "home", Noon), JournalLine.Of("demo", "a", Noon), JournalLine.Of("demo", "home", Noon)]);

        _store.Counts.Count(new HitScope(Demo), MinuteRange.All).Hits.Should().Be(3);
        _store.Counts.Count(new HitScope(Demo, HitKey.Parse("home")), MinuteRange.All).Hits.Should().Be(2);
        _store.Counts.Count(new HitScope(Other), MinuteRange.All).Hits.Should().Be(3);
        _store.Counts.Count(new HitScope(Other, HitKey.Parse("x")), MinuteRange.All).Hits.Should().Be(1);
    }

    [Fact]
    public async Task An_erased_tenant_leaves_nothing_and_its_late_lines_are_refused()
    {
        await IngestAsync(JournalLine.Of("demo", "home", Noon), JournalLine.Of("other", "home", Noon));
        var hash = Hash("theirs");
        _store.Tokens.Create("theirs", Demo, TokenScopes.Read, hash);

        _store.Tenants.Erase(Demo).Should().BeTrue();
        _store.Tenants.Erase(Demo).Should().BeFalse();
        await IngestAsync(JournalLine.Of("demo", "home", Noon));

        _store.Tenants.Find(Demo).Should().BeNull();
        _store.Tokens.Find(hash).Should().BeNull();
        Count(new HitScope(Demo)).Should().Be(0);
        Lines(new HitScope(Demo)).Should().BeEmpty();
        _store.Counts.Keys(Demo, "", null, 10).Should().BeEmpty();
        _store.Ledger.Totals(MinuteRange.All, null).Rejected[RejectReason.TenantErased].Should().Be(1);
        Count(new HitScope(Other)).Should().Be(1);
    }

    [Fact]
    public async Task A_tenant_that_is_registered_again_gets_only_hits_since_then()
    {
        _store.Tenants.Erase(Demo);
        Time.Now = Noon.AddMinutes(5);
        _store.Tenants.TryCreate(new Tenant(Demo, "Demo", null, Time.Now)).Should().BeTrue();

        await IngestAsync(JournalLine.Of("demo", "home", Noon.AddMinutes(4)), JournalLine.Of("demo", "home", Noon.AddMinutes(6)));

        Count(new HitScope(Demo)).Should().Be(1);
        _store.Ledger.Totals(MinuteRange.All, null).Rejected[RejectReason.TenantErased].Should().Be(1);
    }

    [Fact]
    public void Tokens_are_found_by_their_hash_until_they_are_revoked()
    {
        var (first, second) = (Hash("first"), Hash("second"));
        var admin = _store.Tokens.Create("admin", null, TokenScopes.Admin, first);
        var reader = _store.Tokens.Create("reader", Demo, TokenScopes.Read | TokenScopes.Write, second);

        _store.Tokens.Find(first).Should().Be(admin);
        _store.Tokens.Find(second).Should().Be(new Token(reader.Id, "reader", Demo, TokenScopes.Read | TokenScopes.Write, Noon));
        _store.Tokens.Find(Hash("third")).Should().BeNull();
        _store.Tokens.List(null).Should().Equal(admin);
        _store.Tokens.List(Demo).Should().Equal(reader);
        _store.Tokens.List(Other).Should().BeEmpty();

        _store.Tokens.Revoke(Other, reader.Id).Should().BeFalse();
        _store.Tokens.Revoke(null, reader.Id).Should().BeFalse();
        _store.Tokens.Revoke(Demo, reader.Id).Should().BeTrue();
        _store.Tokens.Revoke(Demo, reader.Id).Should().BeFalse();
        _store.Tokens.Find(second).Should().BeNull();
    }

    [Fact]
    public void Numbers_of_tokens_are_never_given_twice()
    {
        var first = _store.Tokens.Create("first", Demo, TokenScopes.Read, Hash("first"));
        _store.Tokens.Revoke(Demo, first.Id);

        _store.Tokens.Create("second", Demo, TokenScopes.Read, Hash("second")).Id.Should().BeGreaterThan(first.Id);
    }

    [Fact]
    public async Task Whatever_is_asked_it_is_what_brute_force_answers()
    {
        var oracle = new MemoryStore(Time);
        oracle.TryCreate(_store.Tenants.Find(Demo)!);
        oracle.TryCreate(_store.Tenants.Find(Other)!);
        var random = new Random(20260301);
        for (var batch = 0; batch < 5; batch++)
        {
            List<string> lines = [.. Enumerable.Range(0, 200).Select(_ => RandomLine(random))];
            oracle.Ingest(lines);
            await IngestAsync([.. lines]);
        }
        var minute = MinuteRange.MinuteOf(Noon);
        var questions =
            from scope in Gen.Elements<HitScope>(new(Demo), new(Demo, HitKey.Parse("k1")), new(Demo, HitKey.Parse("k2")), new(Other))
            from cuts in Gen.ListOf(Gen.Choose((int)minute - 9000, (int)minute + 10), 6)
            select (scope, boundaries: cuts.Select(cut => (long)cut).Distinct().Order().ToArray());

        Prop.ForAll(questions.ToArbitrary(), question =>
        {
            var (scope, boundaries) = question;
            var range = new MinuteRange(boundaries[0], boundaries[^1] + 1);
            _store.Counts.Count(scope, range).Should().Be(oracle.Count(scope, range));
            _store.Counts.Series(scope, boundaries).Should().Equal(oracle.Series(scope, boundaries));
            ReadAll(_store.Raw.Open(scope, range, null)).Select(Args).Should().Equal(ReadAll(oracle.Open(scope, range, null)).Select(Args));
        }).QuickCheckThrowOnFailure();
    }

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

    private static string Hit(int milliseconds, string name, string key = "home") =>
        JournalLine.Of("demo", key, Noon.AddMilliseconds(milliseconds), name);

    private static string Args(string line) => JsonDocument.Parse(line).RootElement.GetProperty("args").GetString()!;

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private static string RandomLine(Random random) => JournalLine.Of(
        random.Next(10) switch { 0 => "other", 1 => "nobody", _ => "demo" },
        $"k{random.Next(4)}",
        Noon.AddMinutes(-random.Next(8000)).AddMilliseconds(random.Next(3)),
        random.Next(3) switch { 0 => $"n={random.Next()}", 1 => $"tv={random.Next(-100, 100)}.{random.Next(10)}", _ => $"tv=wrong&n={random.Next()}" },
        random.Next(20) == 0 ? 429 : 200);
}
