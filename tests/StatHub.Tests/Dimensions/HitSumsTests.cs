using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Core.Dimensions.Sums;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Dimensions;

public class HitSumsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 30, TimeSpan.Zero);
    private static readonly DimensionName Plan = new(Dimension.Own, "plan");

    private readonly MemoryStore _store = new(new ManualTime(Noon));

    public HitSumsTests() => _store.TryCreate(new Tenant(TenantId.Parse("demo"), "demo", null, Noon.AddYears(-1))).Should().BeTrue();

    [Fact]
    public void Combinations_beyond_the_limit_are_one_row_and_every_row_is_exact()
    {
        Ingest("a", "b", "a", "c", "d", "c", "b", "a");

        var step = Read(mostCombinations: 2).Should().ContainSingle().Which;

        Rows(step).Should().Equal("a 3", "b 2");
        step.Other.Should().Be(new Tally(3, 0, new ValueSum(3_000_000)));
    }

    [Fact]
    public void The_next_step_has_all_places_again()
    {
        Ingest("a", "b");
        Ingest(1, "b", "a", "b");

        var steps = Read(mostCombinations: 1).ToList();

        steps.SelectMany(Rows).Should().Equal("a 1", "b 2");
        steps.Select(step => step.Other.Hits).Should().Equal(1, 1);
    }

    [Fact]
    public void Values_of_any_length_take_bounded_memory()
    {
        // 255 bytes each: the bytes end before the places do.
        var most = SumTable.MostBytes / 256;
        for (var i = 0; i < most + 100; i++)
            _store.Ingest(JournalLine.Of("demo", "home", Noon, "d.plan=" + i.ToString(CultureInfo.InvariantCulture).PadLeft(255, 'x')));

        var step = Read().Should().ContainSingle().Which;

        step.Rows().Should().HaveCount(most);
        step.Other.Hits.Should().Be(100);
    }

    [Fact]
    public async Task An_answer_says_that_there_are_others()
    {
        Ingest("(other)", "(other)", "b", "c");

        (await WriteAsync("json")).Should().EndWith(
            """
            "rows":[{"start":"2026-03-01T00:00:00Z","values":{"d.plan":"(other)"},"hits":2,"bots":0,"value":2},{"start":"2026-03-01T00:00:00Z","values":{"d.plan":"(other)"},"hits":2,"bots":0,"value":2,"other":true}],"limited":true}
            """);
        (await WriteAsync("csv")).Should().Be("start,d.plan,hits,bots,value,other\r\n2026-03-01T00:00:00Z,(other),2,0,2,\r\n2026-03-01T00:00:00Z,(other),2,0,2,true\r\n");
    }

    [Fact]
    public void Spam_is_no_referrer()
    {
        _store.Ingest(JournalLine.Of("demo", "home", Noon, "r=https://spam.example/"), JournalLine.Of("demo", "home", Noon, "r=https://blog.example/"));
        var question = new SumQuestion([new(Dimension.Referrer)], SeriesStep.Day, MinuteRange.All);

        Rows(Read(question, new HostSet(["spam.example"])).Single()).Should().Equal("- 1", "blog.example 1");
    }

    [Theory]
    [InlineData("day", "2026-03-01T00:00Z", "2026-03-02T00:00Z", "2026-03-01", "2026-03-02")]
    [InlineData("day", "2026-03-01T00:01Z", "2026-03-02T00:01Z", "2026-03-01", "2026-03-03")]
    [InlineData("month", "2026-03-01T00:00Z", "2026-04-01T00:00Z", "2026-03-01", "2026-04-01")]
    [InlineData("month", "2026-02-28T23:59Z", "2026-04-01T00:01Z", "2026-02-01", "2026-05-01")]
    [InlineData("month", "2024-12-31T23:59Z", "2025-01-01T00:00Z", "2024-12-01", "2025-01-01")]
    [InlineData("month", "9999-12-30T00:00Z", "9999-12-31T00:00Z", "9999-12-01", "open")]
    public void The_range_is_widened_to_whole_steps(string step, string from, string to, string usedFrom, string usedTo)
    {
        SeriesSteps.TryParse(step, out var length).Should().BeTrue();
        var range = new SumQuestion([Plan], length, new MinuteRange(Minute(from), Minute(to))).Range;

        Text(range.From).Should().Be(usedFrom);
        (range.IsBounded ? Text(range.To) : "open").Should().Be(usedTo);
    }

    [Fact]
    public void A_question_has_one_to_eight_different_dimensions_and_a_step()
    {
        DimensionName[] nine = [.. Enumerable.Range(0, 9).Select(i => new DimensionName(Dimension.Own, $"{i}"))];

        foreach (var by in (DimensionName[][])[[], [Plan, Plan], nine])
            FluentActions.Invoking(() => new SumQuestion(by, SeriesStep.Day, MinuteRange.All)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new SumQuestion([Plan], SeriesStep.Week, MinuteRange.All)).Should().Throw<ArgumentOutOfRangeException>();
        new SumQuestion(nine[..8], SeriesStep.Month, MinuteRange.All).Range.Should().Be(MinuteRange.All);
    }

    private void Ingest(params string[] plans) => Ingest(0, plans);

    private void Ingest(int hours, params string[] plans) =>
        _store.Ingest(plans.Select((plan, i) => JournalLine.Of("demo", "home", Noon.AddHours(12 * hours).AddMilliseconds(i), "d.plan=" + plan)));

    private IEnumerable<SumTable> Read(int mostCombinations = SumTable.MostCombinations) =>
        Read(new SumQuestion([Plan], SeriesStep.Day, MinuteRange.All), HostSet.None, mostCombinations);

    private IEnumerable<SumTable> Read(SumQuestion question, HostSet spam, int mostCombinations = SumTable.MostCombinations) =>
        new HitSums(question, spam, BotList.None, mostCombinations).Read(_store.Open(new HitScope(TenantId.Parse("demo")), question.Range, null), CancellationToken.None);

    private async Task<string> WriteAsync(string format)
    {
        using var bytes = new MemoryStream();
        var output = PipeWriter.Create(bytes);
        var question = new SumQuestion([Plan], SeriesStep.Day, MinuteRange.All);
        await SumFormat.Named(format, question, Noon, fresh: null).WriteAllAsync(Read(mostCombinations: 1), output, CancellationToken.None);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static List<string> Rows(SumTable step) => [.. step.Rows().Select(row => $"{Text(row.Values)} {row.Sums.Hits}")];

    private static string Text(SumValues values)
    {
        var at = 0;
        return values.Next(ref at, out var value) ? Encoding.UTF8.GetString(value) : "-";
    }

    private static long Minute(string text) => MinuteRange.MinuteOf(DateTimeOffset.Parse(text, CultureInfo.InvariantCulture));

    private static string Text(long minute) => MinuteRange.InstantOf(minute).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
