using System.Text;
using StatHub.Core.Alerts;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Commits;
using StatHub.Tests.Storage;
using static StatHub.Tests.Journal.Lines;

namespace StatHub.Tests.Alerts;

public sealed class FollowedHitsTests
{
    private static readonly TenantId Demo = TenantId.Parse("demo");

    [Fact]
    public async Task Whenever_somebody_begins_to_follow_no_hit_is_missing_and_none_is_there_twice()
    {
        using var folder = new StoreFolder();
        const int hits = 400;
        // Each commit has a value of its own.
        var counting = Task.Run(() =>
        {
            for (var i = 1; i <= hits; i++)
                folder.Ingest(Hit(args: $"tv={i}"), Hit(tenant: "other", args: "tv=1000000"));
        });
        for (var begun = 0; begun < 40; begun++)
        {
            var (before, after) = folder.Store.Follow(Demo, MinuteRange.All);
            using (after)
            {
                var window = Window();
                for (var lines = before.Read(7); !lines.IsEmpty; lines = before.Read(7))
                    new FollowedHitReader().Add(lines.Span, [window]);
                before.Dispose();
                if (begun == 39)
                    await counting;
                Take(after, window);
                // Values 1 to n and no others: their sum tells.
                window.Sums.Value.Should().Be(new ValueSum((Int128)window.Sums.Hits * (window.Sums.Hits + 1) / 2 * HitValue.One));
                if (begun == 39)
                    window.Sums.Hits.Should().Be(hits);
            }
        }
    }

    [Fact]
    public void Who_begins_between_a_commit_and_its_telling_has_it_once()
    {
        using var folder = new StoreFolder();
        var window = Window();
        FollowedHits? after = null;
        folder.OnCommitStep = step =>
        {
            if (step != CommitStep.Committed || after is not null)
                return;
            (var before, after) = folder.Store.Follow(Demo, MinuteRange.All);
            new FollowedHitReader().Add(before.Read(100).Span, [window]);
            before.Dispose();
        };
        folder.Ingest(Hit());
        Take(after!, window);
        window.Sums.Hits.Should().Be(1);
        folder.Ingest(Hit());
        Take(after!, window);
        window.Sums.Hits.Should().Be(2);
    }

    [Fact]
    public void A_commit_that_failed_is_told_to_nobody()
    {
        using var folder = new StoreFolder();
        var (before, after) = folder.Store.Follow(Demo, MinuteRange.All);
        before.Dispose();
        folder.OnCommitStep = step =>
        {
            if (step == CommitStep.OffsetsWritten)
                throw new IOException("no room");
        };
        FluentActions.Invoking(() => folder.Ingest(Hit())).Should().Throw<IOException>();
        after.TryTake(out _).Should().BeFalse();
        folder.OnCommitStep = null;
        folder.Store.Tail.Run(CancellationToken.None);
        after.TryTake(out var lines).Should().BeTrue();
        Encoding.UTF8.GetString(lines.Span).Should().StartWith("{\"time\":").And.EndWith("}\n");
        after.TryTake(out _).Should().BeFalse();
    }

    [Fact]
    public void Who_does_not_keep_up_loses_what_waited_and_knows_it_and_holds_nobody_up()
    {
        using var folder = new StoreFolder();
        var (before, after) = folder.Store.Follow(Demo, MinuteRange.All);
        before.Dispose();
        var line = Hit(args: "x=" + new string('y', 200_000));
        for (var i = 0; i < 12; i++)
            folder.Ingest([.. Enumerable.Repeat(line, 20)]);
        after.IsLost.Should().BeTrue();
        after.TryTake(out _).Should().BeFalse();
        folder.Hits().Should().Be(240);
    }

    [Fact]
    public void Who_ended_gets_nothing_more_and_ends_nobody_who_began_since()
    {
        using var folder = new StoreFolder();
        var (one, first) = folder.Store.Follow(Demo, MinuteRange.All);
        var (two, second) = folder.Store.Follow(Demo, MinuteRange.All);
        one.Dispose();
        two.Dispose();
        first.Dispose();
        folder.Ingest(Hit());
        first.TryTake(out _).Should().BeFalse();
        second.TryTake(out _).Should().BeTrue();
        second.Dispose();
        folder.Ingest(Hit());
        second.TryTake(out _).Should().BeFalse();
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.0")]
    [InlineData("2001:db8:1:2::3", "2001:db8:1::")]
    public void A_client_is_the_address_as_it_is_stored(string address, string client)
    {
        using var folder = new StoreFolder();
        Clients(folder, Hit(address: address)).Should().Equal(new ClientHits(client, 1));
    }

    [Fact]
    public void A_client_without_an_address_is_the_visitor_and_nobody_where_there_is_none()
    {
        using var folder = new StoreFolder();
        const string event1 = """{"tenant":"demo","key":"signup","msec":1789999999.123,"uid":"u1","event_id":"e1"}""";
        var clients = Clients(folder, event1, event1.Replace("e1", "e2", StringComparison.Ordinal), Hit(address: ""));
        clients.Should().ContainSingle().Which.Hits.Should().Be(2);
        clients[0].Client.Should().HaveLength(8);
    }

    private static IReadOnlyList<ClientHits> Clients(StoreFolder folder, params string[] lines)
    {
        folder.Ingest(lines);
        var window = Window();
        new FollowedHitReader().Add(Encoding.UTF8.GetBytes(string.Concat(folder.Raw().Select(line => line + "\n"))), [window]);
        window.Sums.Hits.Should().Be(lines.Length);
        return window.Clients();
    }

    private static TrafficWindow Window() =>
        new(new TrafficWindowSettings { MostClients = 10 }, DateTimeOffset.FromUnixTimeMilliseconds(Now));

    private static void Take(FollowedHits followed, TrafficWindow window)
    {
        while (followed.TryTake(out var lines))
            new FollowedHitReader().Add(lines.Span, [window]);
    }
}
