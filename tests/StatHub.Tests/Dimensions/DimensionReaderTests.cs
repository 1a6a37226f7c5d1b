using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Countries;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Core.Journal;
using StatHub.Tests.Journal;

namespace StatHub.Tests.Dimensions;

public class DimensionReaderTests
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0";

    private readonly HitLine _fields = new();
    private readonly DimensionReader _reader = new();

    private static string Line(
        string args = "", string referer = "", string agent = Firefox, string language = "", string host = "stats.example.org", string status = "200", string address = "203.0.113.7") =>
        $$"""{"tenant":"demo","key":"home","msec":1789999999.123,"status":{{status}},"args":"{{args}}","remote_addr":"{{address}}","http_referer":"{{referer}}","http_user_agent":"{{agent}}","http_accept_language":"{{language}}","http_host":"{{host}}"}""";

    private HitDimensions Read(string line, DimensionReader? reader = null)
    {
        var bytes = Encoding.UTF8.GetBytes(line);
        _fields.TryRead(bytes).Should().BeTrue();
        return (reader ?? _reader).Read(bytes, _fields);
    }

    private Dictionary<string, string> Values(string line, DimensionReader? reader = null)
    {
        var values = new Dictionary<string, string>();
        foreach (var value in Read(line, reader))
            values.Add(value.Dimension.Name() + Encoding.UTF8.GetString(value.Name), Encoding.UTF8.GetString(value.Value));
        return values;
    }

    private string? Value(string name, string line) => Values(line).GetValueOrDefault(name);

    [Fact]
    public void A_hit_has_all_that_it_says()
    {
        var file = new MaxMindFile();
        file.Network("203.0.113.0/24", file.Value(MaxMindFile.Map(("country_code", MaxMindFile.Text("DE")))));
        var reader = new DimensionReader(new CountrySource(CountryDatabase.Open(file.Bytes())));

        Values(Line(args: "utm_source=News+letter&utm_medium=email&utm_campaign=caf%C3%A9&utm_term=a&utm_content=b&d.Plan=pro&tv=3", referer: "https://www.google.de/search?q=x", language: "de-DE,de;q=0.5"), reader)
            .Should().Equal(new Dictionary<string, string>
            {
                ["browser"] = "Firefox",
                ["os"] = "Linux",
                ["device"] = "desktop",
                ["referrer"] = "google.de",
                ["referrer_path"] = "google.de/search",
                ["source"] = "Google",
                ["language"] = "de-DE",
                ["country"] = "DE",
                ["status"] = "200",
                ["utm_source"] = "News letter",
                ["utm_medium"] = "email",
                ["utm_campaign"] = "café",
                ["utm_term"] = "a",
                ["utm_content"] = "b",
                ["d.plan"] = "pro",
            });
    }

    [Fact]
    public void What_a_hit_does_not_say_is_not_there() =>
        Values("""{"tenant":"demo","key":"home","msec":1789999999.123}""").Should().BeEmpty();

    [Fact]
    public void A_line_without_the_field_for_it_is_no_bots()
    {
        Read("""{"tenant":"demo","key":"home","msec":1789999999.123}""").Client.Bot.Should().Be(BotReason.None);
        Read("""{"tenant":"demo","key":"home","msec":1789999999.123,"http_user_agent":""}""").Client.Bot.Should().Be(BotReason.Empty);
    }

    [Fact]
    public void A_stored_line_has_the_country_that_was_found_when_it_was_counted()
    {
        var line = Encoding.UTF8.GetBytes("""{"time":"2026-03-01T00:00:00.000Z","tenant":"demo","key":"home","status":200,"bot":"empty","country":"DE"}""");
        var fields = new HitLine();
        fields.TryRead(line).Should().BeTrue();
        Encoding.ASCII.GetString(new DimensionReader().ReadStored(line, fields).Value(Dimension.Country)).Should().Be("DE");
    }

    [Fact]
    public void The_country_of_a_stored_line_is_not_looked_up_again()
    {
        var file = new MaxMindFile();
        file.Network("203.0.113.0/24", file.Value(MaxMindFile.Map(("country_code", MaxMindFile.Text("AT")))));
        var reader = new DimensionReader(new CountrySource(CountryDatabase.Open(file.Bytes())));
        var line = Encoding.UTF8.GetBytes("{\"time\":\"2026-03-01T00:00:00.000Z\"," + Line()[1..^1] + ",\"country\":\"DE\"}");
        var fields = new HitLine();
        fields.TryRead(line).Should().BeTrue();

        var countries = new List<string>();
        foreach (var value in reader.ReadStored(line, fields))
        {
            if (value.Dimension == Dimension.Country)
                countries.Add(Encoding.ASCII.GetString(value.Value));
        }
        countries.Should().Equal("DE");
    }

    [Fact]
    public void Another_database_counts_from_the_next_hit_on()
    {
        var file = new MaxMindFile();
        file.Network("203.0.113.0/24", file.Value(MaxMindFile.Map(("country_code", MaxMindFile.Text("AT")))));
        var source = new CountrySource();
        var reader = new DimensionReader(source);

        Values(Line(), reader).Should().NotContainKey("country");
        source.Database = CountryDatabase.Open(file.Bytes());
        Values(Line(), reader)["country"].Should().Be("AT");
    }

    [Fact]
    public void A_bot_is_told_by_its_client() => Read(Line(agent: "curl/8.5.0")).Client.Bot.Should().Be(BotReason.Library);

    [Theory]
    [InlineData("", "https://example.org/page", "example.org")]
    [InlineData("", "https://stats.example.org/", null)]
    [InlineData("", "https://STATS.example.org:8443/", null)]
    [InlineData("r=https%3A%2F%2Fblog.example%2Fa", "https://example.org/page", "blog.example")]
    [InlineData("r=https://blog.example/a", "https://example.org/page", "blog.example")]
    [InlineData("r=https%3A%2F%2Fexample.org%2Fother", "https://www.example.org/page", null)]
    [InlineData("r=https%3A%2F%2Fstats.example.org%2F", "https://example.org/page", null)]
    [InlineData("r=", "https://example.org/page", null)]
    [InlineData("r=nothing", "https://example.org/page", null)]
    [InlineData("r=https%3A%2F%2Fone.example&r=https%3A%2F%2Ftwo.example", "", "one.example")]
    [InlineData("a=r&xr=https://x.example/", "https://example.org/", "example.org")]
    public void The_pages_own_word_for_its_referrer_counts_more_than_the_header(string args, string referer, string? referrer) =>
        Value("referrer", Line(args: args, referer: referer)).Should().Be(referrer);

    [Fact]
    public void Spam_is_no_referrer_and_the_hit_keeps_its_other_dimensions()
    {
        var reader = new DimensionReader(spam: new HostSet(["spam.example"]));

        Values(Line(referer: "https://www.spam.example/x"), reader).Keys.Should().BeEquivalentTo("browser", "os", "device", "status");
    }

    [Theory]
    [InlineData("utm_source=a&utm_source=b", "a")]
    [InlineData("utm_source=&utm_source=b", "b")]
    [InlineData("utm_source=%20%00a%0a%20", "a")]
    [InlineData("utm_source=%ff", null)]
    [InlineData("utm_source", null)]
    [InlineData("UTM_SOURCE=a", null)]
    [InlineData("utm_source=a%26b=c", "a&b=c")]
    [InlineData("utm_source=a\\\\u0022b", "a\\u0022b")]
    [InlineData("utm_source=a\\u0022b", "a\"b")]
    public void Campaigns_are_decoded_and_cleaned(string args, string? source) => Value("utm_source", Line(args: args)).Should().Be(source);

    [Fact]
    public void A_value_has_at_most_255_bytes() =>
        Encoding.UTF8.GetByteCount(Value("utm_source", Line(args: "utm_source=" + string.Concat(Enumerable.Repeat("%C3%A4", 300))))!).Should().Be(254);

    [Fact]
    public void Own_dimensions_are_named_in_lower_case_and_the_first_of_a_name_counts() =>
        Values(Line(args: "d.Color=red&d.COLOR=blue&d.x_y-1=z&d.=n&d.a.b=n&d.%61=n&d." + new string('a', 33) + "=n&d.e=")).Where(value => value.Key.StartsWith("d.", StringComparison.Ordinal))
            .Should().BeEquivalentTo(new Dictionary<string, string> { ["d.color"] = "red", ["d.x_y-1"] = "z" });

    [Fact]
    public void At_most_eight_own_dimensions_are_read()
    {
        var args = string.Join('&', Enumerable.Range(0, 20).Select(i => $"d.n{i}={i}")) + "&utm_source=behind";

        Values(Line(args: args)).Keys.Where(name => name.StartsWith("d.", StringComparison.Ordinal)).Should().Equal(Enumerable.Range(0, 8).Select(i => $"d.n{i}"));
        Value("utm_source", Line(args: args)).Should().Be("behind");
    }

    [Theory]
    [InlineData("204", "204")]
    [InlineData("\"304\"", "304")]
    [InlineData("20", null)]
    [InlineData("\"abc\"", null)]
    public void The_status_is_three_digits(string status, string? value) => Value("status", Line(status: status)).Should().Be(value);

    [Theory]
    [InlineData("key", true, Dimension.Key, "")]
    [InlineData("referrer_path", true, Dimension.ReferrerPath, "")]
    [InlineData("utm_content", true, Dimension.UtmContent, "")]
    [InlineData("d.Plan", true, Dimension.Own, "plan")]
    [InlineData("d.", false, Dimension.Own, "")]
    [InlineData("d.ä", false, Dimension.Own, "")]
    [InlineData("nothing", false, Dimension.Key, "")]
    [InlineData(null, false, Dimension.Own, "")]
    public void A_dimension_is_found_by_its_name(string? name, bool isFound, Dimension dimension, string own)
    {
        DimensionNames.TryParse(name, out var found, out var ownName).Should().Be(isFound);
        (found, ownName).Should().Be((dimension, own));
    }

    [Fact]
    public void Every_dimension_but_the_clients_own_has_the_name_that_finds_it()
    {
        foreach (var dimension in Enum.GetValues<Dimension>().Except([Dimension.Own]))
        {
            DimensionNames.TryParse(dimension.Name(), out var found, out _).Should().BeTrue();
            found.Should().Be(dimension);
        }
        DimensionNames.All.Should().HaveCount(Enum.GetValues<Dimension>().Length - 1);
    }

    [Fact]
    public void Known_hits_cost_no_allocation()
    {
        var line = Encoding.UTF8.GetBytes(Line(args: "r=https%3A%2F%2Fblog.example%2Fa&utm_source=caf%C3%A9&d.plan=pro", referer: "https://example.org/", language: "de-DE"));
        _fields.TryRead(line).Should().BeTrue();
        for (var i = 0; i < 200; i++)
            _reader.Read(line, _fields);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            _reader.Read(line, _fields);

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1000, "not one object a hit");
    }

    [Fact]
    public void No_bytes_make_it_throw_and_all_values_are_clean()
    {
        var lines = Gen.OneOf(
            HitParserTests.Mutated(Line(args: "r=https%3A%2F%2Fa.b&utm_source=%C3%A4&d.x=%zz", referer: "https://example.org/ä", language: "en-US", agent: "a\\\\b\\u00e4")),
            from args in ArbMap.Default.GeneratorFor<byte[]>()
            from field in Gen.Elements("args\":\"utm_term=1&d.a=", "args\":\"r=https://", "http_referer\":\"http://a/", "http_user_agent\":\"Mozilla/5.0 ", "http_accept_language\":\"en-", "remote_addr\":\"1:")
            select (byte[])[.. Encoding.UTF8.GetBytes("{\"tenant\":\"demo\",\"key\":\"k\",\"" + field), .. args.Where(b => b >= 0x20), .. "\"}"u8]);

        Prop.ForAll(lines.ToArbitrary(), line =>
        {
            if (!_fields.TryRead(line))
                return true;
            var isClean = true;
            foreach (var value in _reader.Read(line, _fields))
                isClean &= DimensionTextTests.IsValue(value.Value) && value.Name.Length <= DimensionNames.MaxOwnBytes;
            return isClean;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(10_000));
    }
}
