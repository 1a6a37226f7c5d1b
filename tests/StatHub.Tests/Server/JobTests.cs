using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using StatHub.Core.Tokens;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

public sealed class JobTests : IClassFixture<StatHubApi>
{
    private readonly StatHubApi _api;

    public JobTests(StatHubApi api)
    {
        _api = api;
        _api.Reset();
        _api.Store.Ingest(JournalLine.Of("demo", "home", StatHubApi.Noon), JournalLine.Of("demo", "home", StatHubApi.Noon.AddDays(-3)));
    }

    [Fact]
    public async Task A_job_is_asked_for_watched_and_answers_what_it_found()
    {
        var answer = await _api.Client().PostAsJsonAsync("/api/v1/jobs", new { kind = "verify", tenant = "demo", from = "2026-02-28" });

        answer.StatusCode.Should().Be(HttpStatusCode.Accepted);
        var job = await StatHubApi.JsonAsync(answer);
        answer.Headers.Location!.ToString().Should().Be($"/api/v1/jobs/{job.GetProperty("id")}");
        var done = await EndAsync(answer.Headers.Location!.ToString());
        done.GetProperty("state").GetString().Should().Be("done");
        done.GetProperty("from").GetString().Should().Be("2026-02-28");
        done.GetProperty("progress").GetRawText().Should().Be("""{"done":1,"total":1,"unit":"hits"}""");
        done.GetProperty("verified").GetRawText().Should().Be("""{"clean":true,"tenants":1,"days":1,"hits":1,"unlabelledDays":0,"expiredDays":0,"differenceCount":0,"differences":[]}""");
        (await _api.JsonAsync("/api/v1/jobs"))[0].GetRawText().Should().Be(done.GetRawText());
    }

    [Fact]
    public async Task What_differs_is_in_the_answer()
    {
        _api.Store.LoseHit();
        var answer = await _api.Client().PostAsJsonAsync("/api/v1/jobs", new { kind = "verify" });

        (await EndAsync(answer.Headers.Location!.ToString())).GetProperty("verified").GetProperty("differences").GetRawText()
            .Should().Be("""[{"tenant":"demo","what":"counted lines in the ledger","expected":"1","found":"2"}]""");
    }

    [Fact]
    public async Task A_backup_answers_where_it_is_and_what_it_has()
    {
        var answer = await _api.Client().PostAsJsonAsync("/api/v1/jobs", new { kind = "backup" });

        var done = await EndAsync(answer.Headers.Location!.ToString());
        done.GetProperty("state").GetString().Should().Be("done");
        var made = done.GetProperty("backedUp");
        var path = made.GetProperty("path").GetString()!;
        path.Should().Be(Path.Combine(_api.Folder, "backups", "20260301T120030Z"));
        made.GetProperty("bytes").GetInt64().Should().Be(((string[])["stathub.db", "stats.db", "logs.db", "alerts.db"]).Sum(name => new FileInfo(Path.Combine(path, name)).Length));
        (made.GetProperty("files").GetInt32(), made.GetProperty("linkedBytes").GetInt64(), made.GetProperty("removed").GetInt32()).Should().Be((4, 0, 0));
        done.GetProperty("progress").GetProperty("unit").GetString().Should().Be("bytes");
    }

    [Theory]
    [InlineData("{}", "kind")]
    [InlineData("""{"kind":"dig"}""", "kind")]
    [InlineData("""{"kind":"verify","tenant":"nobody"}""", "tenant")]
    [InlineData("""{"kind":"verify","from":"2026-03-01","to":"2026-03-01"}""", "to")]
    [InlineData("""{"kind":"compact","from":"2026-03-01"}""", "from")]
    [InlineData("""{"kind":"backup","to":"2026-03-01"}""", "from")]
    [InlineData("""{"kind":"backup","tenant":"demo"}""", "tenant")]
    [InlineData("""{"kind":"verify","from":"yesterday"}""", "body")]
    [InlineData("""{"kind":"verify","speed":1}""", "body")]
    public async Task A_bad_job_is_refused(string body, string argument)
    {
        var answer = await _api.Client().PostAsync("/api/v1/jobs", new StringContent(body, Encoding.UTF8, "application/json"));

        answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
        (await StatHubApi.JsonAsync(answer)).GetProperty("errors").TryGetProperty(argument, out _).Should().BeTrue();
    }

    [Theory]
    [InlineData("/api/v1/jobs/999999")]
    [InlineData("/api/v1/jobs/first")]
    [InlineData("/api/v1/jobs/-1")]
    public async Task A_job_that_was_never_asked_for_is_unknown(string path)
    {
        (await StatHubApi.JsonAsync(await _api.Client().GetAsync(path))).GetProperty("type").GetString().Should().Be("/problems/unknown-job");
        (await _api.Client().DeleteAsync(path)).StatusCode.Should().Be(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_job_that_has_ended_cannot_be_cancelled_any_more()
    {
        var path = (await _api.Client().PostAsJsonAsync("/api/v1/jobs", new { kind = "verify" })).Headers.Location!.ToString();
        await EndAsync(path);

        (await StatHubApi.JsonAsync(await _api.Client().DeleteAsync(path))).GetProperty("state").GetString().Should().Be("done");
    }

    [Fact]
    public async Task Only_an_admin_of_the_service_may_ask()
    {
        foreach (var token in (string[])[_api.Token(TokenScopes.Read | TokenScopes.Write), _api.Token(TokenScopes.Admin, "demo")])
        {
            (await _api.Client(token).PostAsJsonAsync("/api/v1/jobs", new { kind = "verify" })).StatusCode.Should().Be(HttpStatusCode.Forbidden);
            (await _api.Client(token).GetAsync("/api/v1/jobs")).StatusCode.Should().Be(HttpStatusCode.Forbidden);
        }
    }

    private async Task<JsonElement> EndAsync(string path)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var job = await _api.JsonAsync(path);
            if (job.TryGetProperty("endedAt", out _))
                return job;
            await Task.Delay(20, patience.Token);
        }
    }
}
