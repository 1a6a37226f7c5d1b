using System.Net;
using System.Text.Json;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

public sealed class CountTests : IClassFixture<StatHubApi>
{
    private readonly StatHubApi _api;

    public CountTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
    }

    [Fact]
    public async Task Count_answers_hits_and_the_exact_value_of_today()
    {
        _api.Store.Ingest(
            JournalLine.Of("demo", "home", StatHubApi.Noon, "tv=0.1"),
            JournalLine.Of("demo", "home", StatHubApi.Noon, "tv=0.2"),
            JournalLine.Of("demo", "shop", StatHubApi.Noon),
            JournalLine.Of("demo", "home", StatHubApi.Noon.AddDays(-1)));

        var answer = await _api.Client().GetStringAsync("/api/v1/tenants/demo/keys/home/count");

        answer.Should().Be(
            """{"tenant":"demo","key":"home","from":"2026-03-01T00:00:00Z","to":null,"hits":2,"bots":0,"value":0.3,"visitors":1,"asOf":"2026-03-01T12:00:30Z"}""");
    }

    [Fact]
    public async Task Count_of_a_tenant_sums_its_keys_and_names_none()
    {
        _api.Store.Ingest(JournalLine.Of("demo", "home", StatHubApi.Noon), JournalLine.Of("demo", "shop", StatHubApi.Noon));

        var answer = await _api.JsonAsync("/api/v1/tenants/demo/count");

        answer.GetProperty("hits").GetInt64().Should().Be(2);
        answer.TryGetProperty("key", out _).Should().BeFalse();
        answer.TryGetProperty("fresh", out _).Should().BeFalse();
    }

    [Fact]
    public async Task Count_excludes_hits_at_the_end_of_the_range_and_includes_those_at_its_start()
    {
        _api.Store.Ingest(
            JournalLine.Of("demo", "home", new(2026, 2, 1, 0, 0, 0, TimeSpan.Zero)),
            JournalLine.Of("demo", "home", new(2026, 2, 2, 0, 0, 0, TimeSpan.Zero)));

        var answer = await _api.JsonAsync("/api/v1/tenants/demo/count?from=2026-02-01&to=2026-02-02T00:00:59.9Z");

        answer.GetProperty("hits").GetInt64().Should().Be(1);
        answer.GetProperty("to").GetString().Should().Be("2026-02-02T00:00:00Z");
    }

    [Fact]
    public async Task Dates_are_midnights_of_the_time_zone()
    {
        var answer = await _api.JsonAsync("/api/v1/tenants/demo/count?from=2026-03-29&to=2026-03-30&tz=Europe/Berlin");

        answer.GetProperty("from").GetString().Should().Be("2026-03-28T23:00:00Z");
        answer.GetProperty("to").GetString().Should().Be("2026-03-29T22:00:00Z");
    }

    [Fact]
    public async Task The_default_is_today_in_the_time_zone()
    {
        _api.Time.Now = new(2026, 3, 1, 23, 30, 0, TimeSpan.Zero);

        var answer = await _api.JsonAsync("/api/v1/tenants/demo/count?tz=Asia/Kathmandu");

        answer.GetProperty("from").GetString().Should().Be("2026-03-01T18:15:00Z");
    }

    [Fact]
    public async Task Sums_larger_than_any_floating_number_stay_exact()
    {
        _api.Store.Ingest(Enumerable.Repeat(JournalLine.Of("demo", "big", StatHubApi.Noon, "tv=999999999999.999999"), 3));

        var answer = await _api.Client().GetStringAsync("/api/v1/tenants/demo/keys/big/count");

        answer.Should().Contain("\"value\":2999999999999.999997,");
    }

    [Fact]
    public async Task Fresh_waits_for_what_was_written()
    {
        _api.Journal.Write(JournalLine.Of("demo", "home", StatHubApi.Noon));

        (await _api.JsonAsync("/api/v1/tenants/demo/count")).GetProperty("hits").GetInt64().Should().Be(0);
        var fresh = await _api.JsonAsync("/api/v1/tenants/demo/count?fresh=true");

        fresh.GetProperty("hits").GetInt64().Should().Be(1);
        fresh.GetProperty("fresh").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public async Task Fresh_says_when_waiting_was_in_vain()
    {
        _api.Journal.IsReading = false;

        (await _api.JsonAsync("/api/v1/tenants/demo/count?fresh=true")).GetProperty("fresh").GetBoolean().Should().BeFalse();
        (await _api.JsonAsync("/api/v1/tenants/demo/count?fresh=false")).TryGetProperty("fresh", out _).Should().BeFalse();
    }

    [Fact]
    public async Task All_bad_arguments_are_told_at_once()
    {
        var answer = await _api.Client().GetAsync("/api/v1/tenants/demo/count?from=yesterday&to=31.12.2026&tz=Berlin&fresh=yes&form=2026-01-01&to=2026-01-01");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
        var problem = await StatHubApi.JsonAsync(answer);
        problem.GetProperty("type").GetString().Should().Be("/problems/bad-arguments");
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).Should().BeEquivalentTo("from", "to", "tz", "fresh", "form");
        problem.GetProperty("errors").GetProperty("form")[0].GetString().Should().Contain("from, to, tz, fresh");
    }

    [Theory]
    [InlineData("from=2026-03-01&to=2026-03-01")]
    [InlineData("from=2026-03-02&to=2026-03-01")]
    [InlineData("from=2026-03-01T10:00:01Z&to=2026-03-01T10:00:59Z")]
    [InlineData("to=2026-02-01")]
    public async Task A_range_that_ends_before_it_begins_is_refused(string query)
    {
        var answer = await _api.Client().GetAsync($"/api/v1/tenants/demo/count?{query}");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").TryGetProperty("to", out _).Should().BeTrue();
    }

    [Theory]
    [InlineData("hour", 2, "2026-03-01T22:00:00Z")]
    [InlineData("minute", 120, "2026-03-01T22:00:00Z")]
    [InlineData("day", 1, "2026-03-01T00:00:00Z")]
    [InlineData("week", 1, "2026-02-23T00:00:00Z")]
    [InlineData("month", 1, "2026-03-01T00:00:00Z")]
    public async Task A_series_has_every_bucket_of_its_range(string step, int points, string first)
    {
        var answer = await _api.JsonAsync($"/api/v1/tenants/demo/series?from=2026-03-01T22:00Z&to=2026-03-02&step={step}");

        answer.GetProperty("points").GetArrayLength().Should().Be(points);
        answer.GetProperty("points")[0].GetProperty("start").GetString().Should().Be(first);
        answer.GetProperty("step").GetString().Should().Be(step);
    }

    [Fact]
    public async Task Points_add_up_to_the_count_of_the_range()
    {
        _api.Store.Ingest(Enumerable.Range(0, 200).Select(i => JournalLine.Of("demo", "home", StatHubApi.Noon.AddMinutes(-37 * i), $"tv={i}.5")));
        const string range = "from=2026-02-25T10:07Z&to=2026-03-01T07:13Z&tz=Asia/Kathmandu";

        var count = await _api.JsonAsync($"/api/v1/tenants/demo/keys/home/count?{range}");
        foreach (var step in (string[])["minute", "hour", "day", "week", "month"])
        {
            var points = (await _api.JsonAsync($"/api/v1/tenants/demo/keys/home/series?{range}&step={step}")).GetProperty("points").EnumerateArray().ToList();
            points.Sum(point => point.GetProperty("hits").GetInt64()).Should().Be(count.GetProperty("hits").GetInt64());
            points.Sum(point => point.GetProperty("value").GetDecimal()).Should().Be(count.GetProperty("value").GetDecimal());
        }
    }

    [Theory]
    [InlineData("2026-03-29", "2026-03-30", 23)]
    [InlineData("2026-10-25", "2026-10-26", 25)]
    public async Task Days_of_a_clock_change_have_another_number_of_hours(string from, string to, int hours)
    {
        var answer = await _api.JsonAsync($"/api/v1/tenants/demo/series?from={from}&to={to}&step=hour&tz=Europe/Berlin");

        answer.GetProperty("points").GetArrayLength().Should().Be(hours);
        answer.GetProperty("tz").GetString().Should().Be("Europe/Berlin");
    }

    [Fact]
    public async Task A_series_without_an_end_ends_with_the_bucket_that_is_now()
    {
        var answer = await _api.JsonAsync("/api/v1/tenants/demo/series?step=hour");

        answer.GetProperty("from").GetString().Should().Be("2026-03-01T00:00:00Z");
        answer.GetProperty("to").GetString().Should().Be("2026-03-01T13:00:00Z");
        answer.GetProperty("points").GetArrayLength().Should().Be(13);
    }

    [Theory]
    [InlineData("from=2026-01-01&to=2026-02-01&step=minute", "step")]
    [InlineData("from=0001-01-01&to=9999-12-31&step=minute", "step")]
    [InlineData("step=year", "step")]
    [InlineData("from=2030-01-01", "to")]
    [InlineData("dimension=browser", "name")]
    public async Task A_series_that_cannot_be_drawn_is_refused(string query, string argument)
    {
        var answer = await _api.Client().GetAsync($"/api/v1/tenants/demo/series?{query}");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").TryGetProperty(argument, out _).Should().BeTrue();
    }

    [Fact]
    public async Task A_series_may_have_20000_points()
    {
        var answer = await _api.JsonAsync("/api/v1/tenants/demo/series?from=2026-01-01&to=2026-01-14T21:20Z&step=minute");

        answer.GetProperty("points").GetArrayLength().Should().Be(20_000);
        (await _api.Client().GetAsync("/api/v1/tenants/demo/series?from=2026-01-01&to=2026-01-14T21:21Z&step=minute"))
            .StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Keys_are_listed_page_by_page()
    {
        string[] keys = ["a", "b b", "ü", "z%2Fz", "B"];
        _api.Store.Ingest(keys.Select(key => JournalLine.Of("demo", key, StatHubApi.Noon.AddMilliseconds(123))));
        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await _api.JsonAsync($"/api/v1/tenants/demo/keys?limit=2{(cursor is null ? "" : "&cursor=" + cursor)}");
            seen.AddRange(page.GetProperty("keys").EnumerateArray().Select(key => key.GetProperty("key").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        seen.Should().Equal("B", "a", "b b", "z%2Fz", "ü");
    }

    [Fact]
    public async Task A_key_comes_with_its_hits_and_its_first_and_last_instant()
    {
        _api.Store.Ingest(
            JournalLine.Of("demo", "home", StatHubApi.Noon.AddMilliseconds(123)),
            JournalLine.Of("demo", "home", StatHubApi.Noon.AddDays(-2)),
            JournalLine.Of("demo", "shop", StatHubApi.Noon));

        (await _api.Client().GetStringAsync("/api/v1/tenants/demo/keys?prefix=ho")).Should().Be(
            """{"keys":[{"key":"home","hits":2,"first":"2026-02-27T12:00:30Z","last":"2026-03-01T12:00:30.123Z"}],"next":null}""");
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=10001", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("cursor=%2F%2F", "cursor")]
    [InlineData("cursor=AA", "cursor")]
    [InlineData("page=2", "page")]
    public async Task Bad_arguments_of_the_key_list_are_told(string query, string argument)
    {
        var answer = await _api.Client().GetAsync($"/api/v1/tenants/demo/keys?{query}");

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").TryGetProperty(argument, out _).Should().BeTrue();
    }

    [Fact]
    public async Task Head_answers_like_get_without_a_body()
    {
        var answer = await _api.Client().SendAsync(new HttpRequestMessage(HttpMethod.Head, "/api/v1/tenants/demo/count"));

        answer.StatusCode.Should().Be(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
    }
}
