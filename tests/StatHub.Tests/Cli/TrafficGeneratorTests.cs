using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using StatHub.Cli.Traffic;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Privacy;
using StatHub.Core.Tenants;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Cli;

public sealed partial class TrafficGeneratorTests
{
    private static readonly TrafficPlan Plan = new()
    {
        Lines = 20_000,
        Tenants = ["demo", "shop", "blog"],
        KeysPerTenant = 100,
        From = new DateTimeOffset(2025, 6, 1, 0, 30, 0, TimeSpan.Zero),
        To = new DateTimeOffset(2025, 6, 3, 12, 0, 0, TimeSpan.Zero),
    };

    [Fact]
    public void Lines_have_the_fields_of_the_shipped_nginx_configuration_in_its_order()
    {
        var fields = FieldNames().Matches(LogFormat()).Select(match => match.Groups[1].Value).ToList();

        fields.Should().HaveCount(19).And.StartWith("tenant");
        Journal(Plan).Select(hit => hit.EnumerateObject().Select(field => field.Name))
            .Should().AllSatisfy(names => names.Should().Equal(fields));
    }

    [Fact]
    public void Numbers_and_texts_are_those_of_the_shipped_nginx_configuration()
    {
        var numbers = NumberFields().Matches(LogFormat()).Select(match => match.Groups[1].Value);

        Journal(Plan)[0].EnumerateObject().Where(field => field.Value.ValueKind == JsonValueKind.Number)
            .Select(field => field.Name).Should().Equal(numbers);
    }

    [Fact]
    public void Instants_ascend_and_stay_in_the_span()
    {
        var instants = Journal(Plan).Select(hit => hit.GetProperty("msec").GetDecimal()).ToList();

        instants.Should().BeInAscendingOrder();
        instants[0].Should().BeGreaterThanOrEqualTo(Plan.From.ToUnixTimeSeconds());
        instants[^1].Should().BeLessThan(Plan.To.ToUnixTimeSeconds());
    }

    [Fact]
    public void Both_times_of_a_line_are_the_same_second()
    {
        Journal(Plan).Should().AllSatisfy(hit =>
            DateTimeOffset.ParseExact(hit.GetProperty("time_iso8601").GetString()!, "yyyy-MM-ddTHH:mm:sszzz", CultureInfo.InvariantCulture)
                .ToUnixTimeSeconds().Should().Be((long)hit.GetProperty("msec").GetDecimal()));
    }

    [Fact]
    public void Requests_agree_with_key_tenant_query_and_status()
    {
        Journal(Plan).Should().AllSatisfy(hit =>
        {
            var (method, status) = hit.GetProperty("status").GetInt32() == 204 ? ("POST", 204) : ("GET", 200);
            var query = hit.GetProperty("args").GetString() is { Length: > 0 } args ? "?" + args : "";
            var key = Uri.EscapeDataString(hit.GetProperty("key").GetString()!);
            hit.GetProperty("request").GetString().Should().Be($"{method} /p/{hit.GetProperty("tenant")}/{key}{query} HTTP/1.1");
            hit.GetProperty("status").GetInt32().Should().Be(status);
        });
    }

    [Fact]
    public void Keys_are_valid_and_each_is_another()
    {
        var keys = Enumerable.Range(0, 5000).Select(Site.KeyName).ToList();

        keys.Should().OnlyHaveUniqueItems().And.AllSatisfy(key => HitKey.TryParse(key, out _).Should().BeTrue());
    }

    [Fact]
    public void Traffic_looks_like_traffic()
    {
        var hits = Journal(Plan);

        Lines(Plan, out _).Average(line => line.Length + 1).Should().BeInRange(520, 650);
        UserAgents.All.Select(agent => agent.Item).Distinct().Should().HaveCountGreaterThan(200);
        hits.CountBy(hit => hit.GetProperty("tenant").GetString()!).MaxBy(tenant => tenant.Value).Key.Should().Be("demo");
        hits.CountBy(hit => hit.GetProperty("key").GetString()!).MaxBy(key => key.Value).Key.Should().Be("home");
        hits.Count(hit => hit.GetProperty("args").GetString()!.Contains("tv=", StringComparison.Ordinal)).Should().BeInRange(2_400, 3_600);
        hits.Count(hit => hit.GetProperty("args").GetString()!.Contains("utm_source=", StringComparison.Ordinal)).Should().BeInRange(200, 800);
    }

    [Fact]
    public void The_combined_log_has_the_same_hits()
    {
        var hits = Journal(Plan);
        var combined = Lines(Plan with { Format = TrafficFormat.Combined }, out _).Select(line => Combined().Match(line)).ToList();

        combined.Should().OnlyContain(match => match.Success).And.HaveCount(hits.Count);
        combined.Select(match => (match.Groups[1].Value, match.Groups[3].Value))
            .Should().Equal(hits.Select(hit => (hit.GetProperty("remote_addr").GetString()!, hit.GetProperty("request").GetString()!)));
        DateTimeOffset.ParseExact(combined[0].Groups[2].Value, "dd/MMM/yyyy:HH:mm:ss zz00", CultureInfo.InvariantCulture)
            .Should().Be(DateTimeOffset.FromUnixTimeSeconds((long)hits[0].GetProperty("msec").GetDecimal()));
    }

    [Fact]
    public void Hostile_lines_leave_the_good_ones_as_they_are()
    {
        var good = Lines(Plan, out _);
        var mixed = Lines(Plan with { HostilePercent = 20 }, out var summary);

        var hostile = summary.Hostile.Values.Sum();
        hostile.Should().BeInRange(3_500, 4_500);
        mixed.Should().HaveCount(good.Count);
        good.Zip(mixed).Count(pair => pair.First != pair.Second).Should().Be((int)hostile);
    }

    [Fact]
    public void Every_kind_of_hostile_line_occurs()
    {
        Lines(Plan with { HostilePercent = 50 }, out var summary);

        summary.Hostile.Keys.Should().BeEquivalentTo("malformed", "torn", "glued", "bad_tenant", "bad_key", "bad_value",
            "unknown_tenant", "time_out_of_range", "flood", "status", "too_long");
    }

    [Fact]
    public void The_ledger_names_hostile_lines_as_the_generator_does()
    {
        var lines = Lines(Plan with { HostilePercent = 50 }, out var summary);
        var hostile = summary.Hostile.ToDictionary();
        var glued = hostile.Remove("glued", out var count) ? count : 0;
        hostile["torn"] += glued;
        hostile["counted"] = lines.Count - summary.Hostile.Values.Sum() + glued;

        OutcomesOf(lines).Should().BeEquivalentTo(hostile);
    }

    [Fact]
    public void Every_line_is_counted_when_none_is_hostile()
    {
        OutcomesOf(Lines(Plan, out _)).Should().Equal(new Dictionary<string, long> { ["counted"] = Plan.Lines });
    }

    [Fact]
    public void A_glued_line_ends_with_a_whole_good_one()
    {
        var good = Lines(Plan, out _);
        var mixed = Lines(Plan with { HostilePercent = 50 }, out var summary);

        good.Zip(mixed).Count(pair => pair.Second.Length > pair.First.Length && pair.Second.StartsWith("{\"tenant\":\"", StringComparison.Ordinal)
            && pair.Second.EndsWith(pair.First, StringComparison.Ordinal)).Should().Be((int)summary.Hostile["glued"]);
    }

    [Fact]
    public void Weights_are_the_shares_of_what_is_drawn()
    {
        var random = new TrafficRandom(5);
        var choice = new WeightedChoice([1, 0, 3, 6]);
        var drawn = Enumerable.Range(0, 100_000).CountBy(_ => choice.Next(random)).ToDictionary();

        drawn.Should().NotContainKey(1);
        drawn[0].Should().BeInRange(9_500, 10_500);
        drawn[2].Should().BeInRange(29_000, 31_000);
        drawn[3].Should().BeInRange(59_000, 61_000);
    }

    [Theory]
    [InlineData("a\"b\\c\n\u0001é", @"a\""b\\c\n\u0001é", @"a\x22b\x5Cc\x0A\x01\xC3\xA9")]
    [InlineData("", "", "-")]
    public void Values_are_escaped_as_nginx_does(string value, string json, string combined)
    {
        Encoding.UTF8.GetString(NginxText.Json(value)).Should().Be(json);
        Encoding.UTF8.GetString(NginxText.Combined(value)).Should().Be(combined);
    }

    private static Dictionary<string, long> OutcomesOf(List<string> lines)
    {
        var tenants = Plan.Tenants.Select((name, i) => new TenantEntry(i, TenantId.Parse(name), Encoding.ASCII.GetBytes(name), true, 0));
        var builder = new HitBatchBuilder(new TenantDirectory(tenants), new DimensionReader(), new PrivacyRules(AddressTreatment.Full), new MemorySalts(), new NoBounds(), Plan.To.ToUnixTimeMilliseconds());
        JournalFileName.TryParse(JournalFileName.Live, out var file).Should().BeTrue();
        foreach (var line in lines)
            builder.Add(Encoding.Latin1.GetBytes(line), file, JournalFileName.Live, 0);
        return Enum.GetValues<RejectReason>()
            .Select(reason => (Name: reason.Name(), Lines: Outcomes(builder.Batch, reason)))
            .Where(outcome => outcome.Lines > 0).ToDictionary(outcome => outcome.Name, outcome => outcome.Lines);
    }

    private static long Outcomes(HitBatch batch, RejectReason reason) =>
        batch.Unowned[(int)reason] + batch.Tenants.Sum(tenant => tenant.Outcomes[(int)reason]);

    private static List<JsonElement> Journal(TrafficPlan plan) =>
        [.. Lines(plan, out _).Select(line => JsonDocument.Parse(Encoding.Latin1.GetBytes(line)).RootElement)];

    // Latin-1, because a hostile line may be anything.
    private static List<string> Lines(TrafficPlan plan, out TrafficSummary summary)
    {
        using var output = new MemoryStream();
        summary = new TrafficGenerator(plan).Write(output, CancellationToken.None);
        summary.Bytes.Should().Be(output.Length);
        var text = Encoding.Latin1.GetString(output.ToArray());
        text.Should().EndWith("\n");
        return [.. text[..^1].Split('\n')];
    }

    private static string LogFormat()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "StatHub.sln")))
            folder = folder.Parent!;
        var template = File.ReadAllText(Path.Combine(folder.FullName, "nginx", "stathub.conf.template"));
        var start = template.IndexOf("log_format hit ", StringComparison.Ordinal);
        return template[start..template.IndexOf(';', start)];
    }

    [GeneratedRegex("\"([a-z0-9_]+)\":")]
    private static partial Regex FieldNames();

    [GeneratedRegex("\"([a-z0-9_]+)\":\\$")]
    private static partial Regex NumberFields();

    [GeneratedRegex("""^(\S+) - - \[([^\]]+)\] "([^"]*)" \d{3} \d+ "([^"]*)" "([^"]*)"$""")]
    private static partial Regex Combined();
}
