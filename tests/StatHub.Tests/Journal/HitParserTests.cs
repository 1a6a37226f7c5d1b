using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Privacy;

namespace StatHub.Tests.Journal;

public class HitParserTests
{
    private readonly HitParser _parser = new();
    private readonly DimensionReader _dimensions = new();

    private RejectReason Outcome(string line, string file = "hits.log") => Outcome(Encoding.UTF8.GetBytes(line), file);

    private RejectReason Outcome(byte[] line, string file = "hits.log") => _parser.Read(line, Lines.Name(file), Lines.Now, out _);

    private (string Tenant, string Key, long At, long Millionths) Hit(string line, string file = "hits.log")
    {
        _parser.Read(Encoding.UTF8.GetBytes(line), Lines.Name(file), Lines.Now, out var hit).Should().Be(RejectReason.None);
        return (Encoding.UTF8.GetString(hit.Tenant), Encoding.UTF8.GetString(hit.Key), hit.UnixMilliseconds, hit.Millionths);
    }

    [Fact]
    public void A_line_of_the_shipped_configuration_is_a_hit() =>
        Hit(Lines.Hit()).Should().Be(("demo", "home", 1_789_999_999_123, HitValue.One));

    [Fact]
    public void Every_field_of_the_contract_is_found()
    {
        var line = Encoding.UTF8.GetBytes(Lines.Hit(args: "r=x&tv=2", forwarded: "198.51.100.1"));
        _parser.Read(line, Lines.Live, Lines.Now, out _);

        string Text(HitField field) => Encoding.UTF8.GetString(_parser.Line.Text(line, field));
        var texts = Enum.GetValues<HitField>()
            .Except([HitField.Other, HitField.OtherAddress, HitField.Reserved, HitField.Tv, HitField.EventId, HitField.Uid, HitField.Log, HitField.Refused])
            .ToDictionary(field => field, Text);

        texts.Should().Equal(new Dictionary<HitField, string>
        {
            [HitField.Tenant] = "demo",
            [HitField.Key] = "home",
            [HitField.Msec] = "1789999999.123",
            [HitField.TimeIso8601] = "2026-09-21T14:13:19+00:00",
            [HitField.Request] = "GET /p/demo/x HTTP/1.1",
            [HitField.Status] = "200",
            [HitField.Args] = "r=x&tv=2",
            [HitField.RemoteAddr] = "203.0.113.7",
            [HitField.RemoteUser] = "",
            [HitField.Referer] = "https://example.org/",
            [HitField.UserAgent] = "Mozilla/5.0",
            [HitField.ForwardedFor] = "198.51.100.1",
            [HitField.AcceptLanguage] = "en",
            [HitField.Host] = "stats.example.org",
            [HitField.Dnt] = "",
            [HitField.SecGpc] = "",
            [HitField.Connection] = "12",
            [HitField.ConnectionRequests] = "1",
            [HitField.RequestTime] = "0.000",
        });
    }

    [Theory]
    [InlineData("", 1_000_000)]
    [InlineData("tv=", 1_000_000)]
    [InlineData("tv=0", 0)]
    [InlineData("tv=2.5", 2_500_000)]
    [InlineData("a=1&tv=-3.000001&b=2", -3_000_001)]
    [InlineData("tv=%31%2E5", 1_500_000)]
    [InlineData("tv=999999999999.999999", 999_999_999_999_999_999)]
    [InlineData("xtv=9", 1_000_000)]
    [InlineData("tv", 1_000_000)]
    [InlineData("tv=4&tv=5", 4_000_000)]
    public void A_value_is_exact(string args, long millionths) => Hit(Lines.Hit(args: args)).Millionths.Should().Be(millionths);

    [Theory]
    [InlineData("tv=x")]
    [InlineData("tv=1000000000000")]
    [InlineData("tv=1.0000000")]
    [InlineData("tv=1.")]
    [InlineData("tv=.5")]
    [InlineData("tv=--1")]
    [InlineData("tv=+1")]
    [InlineData("tv=1e3")]
    [InlineData("tv=%")]
    [InlineData("tv=٣")]
    [InlineData("tv=%31%32%33%34%35%36%37%38%39%30%31%32%33%34%35%36%37%38%39%30%31%32%33%34")]
    public void Any_other_value_rejects_the_line(string args) => Outcome(Lines.Hit(args: args)).Should().Be(RejectReason.BadValue);

    [Theory]
    [InlineData("a b", "a b")]
    [InlineData("ä€😀", "ä€😀")]
    [InlineData("""say \"hi\" \\""", "say \"hi\" \\")]
    [InlineData("""\u00e4\ud83d\ude00""", "ä😀")]
    [InlineData("/other", null)]
    [InlineData("a/b", null)]
    [InlineData("..", "..")]
    [InlineData("", null)]
    [InlineData("""a\nb""", null)]
    [InlineData("""a\u0000b""", null)]
    [InlineData("""a\u007fb""", null)]
    [InlineData("""a\u0085b""", null)]
    [InlineData("""\ud83d""", null)]
    public void A_key_is_decoded_text_without_slash_and_controls(string written, string? key)
    {
        if (key is null)
            Outcome(Lines.Hit(key: written)).Should().Be(RejectReason.BadKey);
        else
            Hit(Lines.Hit(key: written)).Key.Should().Be(key);
    }

    [Theory]
    [InlineData(128, RejectReason.None)]
    [InlineData(129, RejectReason.BadKey)]
    [InlineData(10_000, RejectReason.BadKey)]
    public void A_key_has_at_most_128_bytes(int length, RejectReason outcome) =>
        Outcome(Lines.Hit(key: new string('k', length))).Should().Be(outcome);

    [Fact]
    public void A_key_of_invalid_utf8_is_refused()
    {
        var line = Encoding.Latin1.GetBytes(Lines.Hit(key: "a\u00ffb"));
        Outcome(line).Should().Be(RejectReason.BadKey);
    }

    [Theory]
    [InlineData("Demo")]
    [InlineData("")]
    [InlineData("a-b")]
    [InlineData("123456789012345678901234567890123")]
    public void A_tenant_is_lower_case_letters_and_digits(string tenant) =>
        Outcome(Lines.Hit(tenant: tenant)).Should().Be(RejectReason.BadTenant);

    [Theory]
    [InlineData(200, RejectReason.None)]
    [InlineData(204, RejectReason.None)]
    [InlineData(304, RejectReason.None)]
    [InlineData(429, RejectReason.Flood)]
    [InlineData(404, RejectReason.Status)]
    [InlineData(499, RejectReason.Status)]
    public void The_status_decides(int status, RejectReason outcome) => Outcome(Lines.Hit(status: status)).Should().Be(outcome);

    [Fact]
    public void A_status_that_nginx_prints_as_000_is_no_hit() =>
        Outcome(Lines.Hit().Replace("\"status\":200", "\"status\":\"000\"")).Should().Be(RejectReason.Status);

    [Theory]
    [InlineData(946_684_799.999, RejectReason.TimeOutOfRange)]
    [InlineData(946_684_800.000, RejectReason.None)]
    [InlineData(1_790_000_000.0 + 86_400, RejectReason.None)]
    [InlineData(1_790_000_000.0 + 86_400.001, RejectReason.TimeOutOfRange)]
    public void An_instant_lies_between_2000_and_a_day_ahead(double at, RejectReason outcome) =>
        Outcome(Lines.Hit(at: at)).Should().Be(outcome);

    [Theory]
    [InlineData("""{"time_iso8601":"2026-09-21T16:13:19+02:00","status":"200","request":"GET / HTTP/1.1",}""")]
    [InlineData("""{ "time_iso8601" : "2026-09-21T14:13:19+00:00" , }""")]
    [InlineData("""{"time_iso8601":"2026-09-21T14:13:19Z"}""")]
    public void A_line_of_the_seed_takes_tenant_and_key_from_the_file_name(string line) =>
        Hit(line, "demo-a%2Db-c-2026-09-21-14-13.log").Should().Be(("demo", "a-b-c", 1_789_999_999_000, HitValue.One));

    [Fact]
    public void A_tv_field_of_a_hand_made_configuration_is_the_value() =>
        Hit("""{"tenant":"demo","key":"k","msec":"1789999999.5","tv":"7"}""").Should().Be(("demo", "k", 1_789_999_999_500, 7_000_000));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("""{"tenant":"demo","key":"k"}""")]
    [InlineData("""{"tenant":"demo","key":"k","msec":"soon"}""")]
    [InlineData("""{"tenant":"demo","key":"k","msec":1789999999.5}x""")]
    [InlineData("""{"tenant":"demo","key":"k","msec":1789999999.5,,}""")]
    [InlineData("""{"tenant":"demo","key":"\x","msec":1789999999.5}""")]
    [InlineData("""{"tenant":"demo","key":"\u12g4","msec":1789999999.5}""")]
    [InlineData("""{"tenant":"demo" "key":"k","msec":1789999999.5}""")]
    [InlineData("""{"tenant":"demo","key":"k","msec":01}""")]
    [InlineData("""{"tenant":1,"key":"k","msec":1789999999.5}""")]
    [InlineData("""{"tenant":"demo","key":null,"msec":1789999999.5}""")]
    [InlineData("""{"tenant":"demo","key":"k","msec":1789999999.5,"x":[1,}""")]
    [InlineData("""{"tenant":"demo","key":"k","msec":1789999999.5,"x":tru}""")]
    public void What_is_not_one_object_with_a_tenant_and_a_time_is_malformed(string line) =>
        Outcome(line).Should().Be(RejectReason.Malformed);

    [Theory]
    [InlineData("""{"tenant":"demo","key":"k","msec":1789999999.5,"x":[1,{"y":null}],"z":true,"e":-1.5e-7}""")]
    [InlineData("""{"msec":1789999999.5,"key":"k","tenant":"demo"}""")]
    public void Other_fields_may_hold_any_json(string line) => Outcome(line).Should().Be(RejectReason.None);

    [Fact]
    public void A_line_of_over_256_KiB_is_too_long()
    {
        Outcome(Lines.Hit(agent: new string('a', HitParser.MaxLineBytes))).Should().Be(RejectReason.TooLong);
        var rest = HitParser.MaxLineBytes - Lines.Hit(agent: "").Length;
        Outcome(Lines.Hit(agent: new string('a', rest))).Should().Be(RejectReason.None);
    }

    [Fact]
    public void Every_prefix_of_a_line_but_the_whole_is_no_hit()
    {
        var line = Encoding.UTF8.GetBytes(Lines.Hit(key: """ä\"\u00e4""", args: "tv=2&x=%20", agent: """a\\\"b"""));
        for (var length = 0; length < line.Length; length++)
            Outcome(line[..length]).Should().Be(RejectReason.Malformed, "of {0} bytes", length);
        Outcome(line).Should().Be(RejectReason.None);
    }

    [Fact]
    public void No_bytes_make_it_throw_and_what_it_takes_is_json()
    {
        var bytes = Gen.OneOf(
            ArbMap.Default.GeneratorFor<byte[]>(),
            Mutated(Lines.Hit()),
            Mutated(Lines.Hit(key: """\u00e4\"\\""", args: "tv=2.5&x=%zz", agent: """\u2028""")));
        Prop.ForAll(bytes.ToArbitrary(), line =>
        {
            var outcome = _parser.Read(line, Lines.Live, Lines.Now, out var hit);
            if (outcome != RejectReason.None)
                return true;
            var target = new System.Buffers.ArrayBufferWriter<byte>();
            StoredHit.Write(hit, line, _parser.Line.Members, _dimensions.Read(line, _parser.Line), AddressTreatment.Truncated, target);
            using var stored = JsonDocument.Parse(target.WrittenMemory);
            return stored.RootElement.GetProperty("tenant").GetString() == Encoding.UTF8.GetString(hit.Tenant)
                && HitKey.TryParse(stored.RootElement.GetProperty("key").GetString(), out _)
                && stored.RootElement.GetProperty("time").GetDateTimeOffset().ToUnixTimeMilliseconds() == hit.UnixMilliseconds;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    [Fact]
    public void A_line_is_a_hit_only_if_the_framework_takes_it_for_json_too()
    {
        Prop.ForAll(Mutated(Lines.Hit(agent: "é")).ToArbitrary(), line =>
        {
            if (_parser.Read(line, Lines.Live, Lines.Now, out _) == RejectReason.Malformed)
                return true;
            var valid = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line).TrimEnd('\r'));
            using var document = JsonDocument.Parse(valid, new JsonDocumentOptions { AllowTrailingCommas = true });
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    /// <summary>A real line with some bytes replaced, removed or inserted, so that most of the grammar is reached.</summary>
    internal static Gen<byte[]> Mutated(string line) =>
        from edits in Gen.Choose(0, 3)
        from seed in Gen.Choose(0, int.MaxValue - 1)
        select Mutate(Encoding.UTF8.GetBytes(line), edits, seed);

    private static byte[] Mutate(byte[] line, int edits, int seed)
    {
        var random = new Random(seed);
        var bytes = line.ToList();
        var alphabet = "{}[]\",:\\u0e-+.\n\r\t 19azé\0\u007f"u8.ToArray();
        for (var i = 0; i < edits; i++)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0: bytes.RemoveAt(at); break;
                case 1: bytes.Insert(at, alphabet[random.Next(alphabet.Length)]); break;
                default: bytes[at] = (byte)random.Next(256); break;
            }
        }
        return [.. bytes];
    }
}
