using System.Net;
using System.Text.Json;
using StatHub.Client;
using StatHub.Core.Tokens;
using StatHub.Tests.Server;

namespace StatHub.Tests.Clients;

/// <summary>Events in the background, over a network that fails in every way.</summary>
public sealed class DeferredEventTests(WholeApi api) : ClientTenant(api)
{
    [Fact]
    public async Task Through_a_flapping_server_every_event_arrives_once()
    {
        var random = new Random(3);
        var states = Enum.GetValues<NetworkState>();
        Network.State = () => states[random.Next(states.Length)];
        await using var client = Client(options => (options.BatchSize, options.Timeout) = (7, TimeSpan.FromMilliseconds(100)));
        for (var i = 0; i < 300; i++)
            (await client.LogAsync("flap", $"u{i}", new { i, value = 0.5 })).State.Should().Be(LogState.Queued);

        await client.FlushAsync();

        var statistics = client.Statistics;
        (statistics.Accepted, statistics.Dropped, statistics.Waiting).Should().Be((300, 0, 0));
        statistics.FailedRequests.Should().BePositive();
        (await CountAsync("flap")).Should().Be((300, "150"));
    }

    [Theory]
    [InlineData(NetworkState.Dead)]
    [InlineData(NetworkState.Slow)]
    [InlineData(NetworkState.Refusing)]
    [InlineData(NetworkState.Broken)]
    public async Task No_call_waits_or_throws_what_does_not_fit_is_counted_and_the_rest_arrives_later(NetworkState state)
    {
        Network.State = () => state;
        await using var client = Client(options => (options.QueueCapacity, options.BatchSize, options.Timeout) = (50, 10, TimeSpan.FromMilliseconds(100)));
        var results = new List<LogResult>();
        for (var i = 0; i < 200; i++)
        {
            var call = client.LogAsync("later", "u", new { i });
            call.IsCompletedSuccessfully.Should().BeTrue("nothing waits for the network");
            results.Add(await call);
        }

        var dropped = results.Count(result => result.State == LogState.Dropped);
        // The batch that is under way has left the queue.
        dropped.Should().BeInRange(140, 150);
        results.Where(result => result.State == LogState.Dropped).Should().OnlyContain(result => result.Reason == "The queue is full.");
        client.Statistics.Dropped.Should().Be(dropped);
        client.Statistics.Waiting.Should().Be(200 - dropped);
        Network.State = () => NetworkState.Good;
        await client.FlushAsync();
        client.Statistics.Accepted.Should().Be(200 - dropped);
        (await CountAsync("later")).Hits.Should().Be(200 - dropped);
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized)]
    [InlineData(HttpStatusCode.Forbidden)]
    [InlineData(HttpStatusCode.TooManyRequests)]
    [InlineData(HttpStatusCode.BadGateway)]
    [InlineData(HttpStatusCode.NotFound)]
    public async Task A_refusal_that_may_pass_is_tried_again(HttpStatusCode refusal)
    {
        var left = 3;
        Network.Refusal = refusal;
        Network.State = () => left-- > 0 ? NetworkState.Refusing : NetworkState.Good;
        await using var client = Client();
        await client.LogAsync("again", "u");

        await client.FlushAsync();

        (await CountAsync("again")).Hits.Should().Be(1);
        client.Statistics.FailedRequests.Should().Be(3);
    }

    [Fact]
    public async Task An_event_that_is_never_taken_is_dropped_and_its_batch_goes_on()
    {
        await using var client = Client();
        for (var i = 0; i < 10; i++)
            await client.LogAsync("some", "u", new { value = i == 4 ? 1e15 : 1 });

        await client.FlushAsync();

        (client.Statistics.Accepted, client.Statistics.Dropped).Should().Be((9, 1));
        client.Statistics.LastFailure.Should().Contain("value");
        (await CountAsync("some")).Hits.Should().Be(9);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_is_sent_in_parts()
    {
        var tooLarge = 2;
        Network.Refusal = HttpStatusCode.RequestEntityTooLarge;
        Network.State = () => Network.Requests > 1 && tooLarge-- > 0 ? NetworkState.Refusing : NetworkState.Good;
        // One batch, however slowly its events come.
        await using var client = Client(options => options.FlushInterval = TimeSpan.FromHours(1));
        for (var i = 0; i < 9; i++)
            await client.LogAsync("parts", "u", new { i });

        await client.FlushAsync();

        (await CountAsync("parts")).Hits.Should().Be(9);
        client.Statistics.Dropped.Should().Be(0);
    }

    [Fact]
    public async Task The_end_sends_what_waits()
    {
        var client = Client(options => options.FlushInterval = TimeSpan.FromHours(1));
        for (var i = 0; i < 20; i++)
            await client.LogAsync("end", "u", new { i });

        await client.DisposeAsync();

        (await CountAsync("end")).Hits.Should().Be(20);
        (await client.LogAsync("end")).State.Should().Be(LogState.Dropped);
    }

    [Fact]
    public async Task The_end_of_a_client_whose_server_is_gone_has_its_patience_and_counts_what_is_lost()
    {
        Network.State = () => NetworkState.Slow;
        var client = Client(options => options.ShutdownPatience = TimeSpan.FromMilliseconds(100));
        for (var i = 0; i < 20; i++)
            await client.LogAsync("lost", "u", new { i });

        await client.DisposeAsync();

        (client.Statistics.Waiting, client.Statistics.Accepted, client.Statistics.Dropped).Should().Be((0, 0, 20));
    }

    [Fact]
    public async Task An_event_is_of_the_moment_at_which_it_was_logged()
    {
        Network.State = () => NetworkState.Dead;
        await using var client = Client();
        var before = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
        await client.LogAsync("when", "u", new { time = "never", @event = "other", text = "x" });
        var after = TimeProvider.System.GetUtcNow();
        await Task.Delay(300);
        Network.State = () => NetworkState.Good;
        await client.FlushAsync();

        var hit = (await AskAsync("keys/when/hits")).EnumerateArray().Single();
        hit.GetProperty("time").GetDateTimeOffset().Should().BeOnOrAfter(before).And.BeOnOrBefore(after);
        hit.GetProperty("uid").GetString().Should().Be("u");
    }

    [Fact]
    public async Task Bytes_that_wait_are_bounded_too()
    {
        Network.State = () => NetworkState.Dead;
        await using var client = Client(options => options.QueueBytes = 64 * 1024);
        for (var i = 0; i < 10; i++)
            await client.LogAsync("large", "u", new { text = new string('x', 20_000) });

        client.Statistics.Waiting.Should().Be(3);
        client.Statistics.Dropped.Should().Be(7);
    }

    [Fact]
    public async Task Answers_that_are_none_do_not_end_the_sending()
    {
        Network.State = () => NetworkState.Nonsense;
        await using var client = Client();
        await client.LogAsync("nonsense", "u");
        await Waiting.UntilAsync(() => client.Statistics.FailedRequests >= 6);

        Network.State = () => NetworkState.Good;
        await client.FlushAsync();

        (await CountAsync("nonsense")).Hits.Should().Be(1);
    }

    [Fact]
    public async Task Two_who_end_the_client_wait_for_the_same_end()
    {
        var client = Client(options => options.FlushInterval = TimeSpan.FromHours(1));
        await client.LogAsync("ends", "u");

        await Task.WhenAll(client.DisposeAsync().AsTask(), client.DisposeAsync().AsTask());

        client.Statistics.Accepted.Should().Be(1);
        (await client.LogAsync("ends", "u")).State.Should().Be(LogState.Dropped);
    }

    private StatHubClient Client(Action<StatHubClientOptions>? change = null) => Client(
        new StatHubClientOptions { FlushInterval = TimeSpan.FromMilliseconds(20), LongestPause = TimeSpan.FromMilliseconds(20), ShutdownPatience = TimeSpan.FromSeconds(1) }, change);

    private async Task<(long Hits, string Value)> CountAsync(string key)
    {
        var count = await AskAsync($"keys/{key}/count");
        return (count.GetProperty("hits").GetInt64(), count.GetProperty("value").GetRawText());
    }
}
