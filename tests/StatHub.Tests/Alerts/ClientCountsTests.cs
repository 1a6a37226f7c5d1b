using System.Text;
using StatHub.Core.Alerts;

namespace StatHub.Tests.Alerts;

/// <summary>What others hold meanwhile would be taken for memory of clients.</summary>
[Collection(nameof(Alone))]
public sealed class ClientCountsTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddSeconds(1_800_000_000);
    private static readonly TrafficWindowSettings Settings = new() { MostClients = 100 };

    [Fact]
    public void Who_sends_more_than_others_is_named_however_many_others_there_are()
    {
        var window = new TrafficWindow(Settings, Start);
        for (var second = 0; second < 300; second++)
        {
            window.Advance(Start.AddSeconds(second));
            for (var other = 0; other < 200; other++)
            {
                Add(window, second, $"other {second} {other}");
                if (other % 40 == 0)
                    Add(window, second, "offender");
            }
        }
        // Five a second, less what was let go of before it had more than others.
        window.Clients(540).Should().ContainSingle().Which.Client.Should().Be("offender");
        window.HitsOf("offender").Should().BeInRange(540, 600);
        window.Unnamed.Should().BeGreaterThan(0);
        window.Sums.Hits.Should().Be(120 * 205);
    }

    [Fact]
    public void Random_clients_take_bounded_memory()
    {
        var window = new TrafficWindow(Settings, Start);
        Fill(window, 0, 20_000);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Fill(window, 1, 200_000);
        (GC.GetTotalMemory(forceFullCollection: true) - before).Should().BeLessThan(1_000_000);
        window.Clients().Count.Should().BeLessThanOrEqualTo(200);
        GC.KeepAlive(window);
    }

    [Fact]
    public void What_is_told_of_a_client_is_never_more_than_it_sent()
    {
        var window = new TrafficWindow(Settings, Start);
        var random = new Random(7);
        var sent = new List<(int Second, string Client)>();
        for (var second = 0; second < 240; second++)
        {
            window.Advance(Start.AddSeconds(second));
            for (var i = 0; i < 100; i++)
            {
                var client = $"{Math.Floor(Math.Pow(random.NextDouble(), 3) * 2000)}";
                Add(window, second, client);
                sent.Add((second, client));
            }
            sent.RemoveAll(one => one.Second <= second - 120);
            var truth = sent.CountBy(one => one.Client).ToDictionary();
            window.Clients().Should().OnlyContain(client => client.Hits <= truth[client.Client]);
        }
        window.Unnamed.Should().BeGreaterThan(0);
    }

    [Fact]
    public void Nobody_is_left_when_the_window_has_gone_on()
    {
        var window = new TrafficWindow(Settings, Start);
        Fill(window, 0, 1_000);
        window.Advance(Start.AddSeconds(120));
        window.Clients().Should().BeEmpty();
        Add(window, 120, "new");
        window.Clients().Should().Equal(new ClientHits("new", 1));
    }

    private static void Fill(TrafficWindow window, int second, int clients)
    {
        for (var i = 0; i < clients; i++)
            Add(window, second, $"{second}-{i}");
    }

    private static void Add(TrafficWindow window, int second, string client) =>
        window.Add(Start.AddSeconds(second).ToUnixTimeMilliseconds(), false, 1_000_000, Encoding.UTF8.GetBytes(client));
}
