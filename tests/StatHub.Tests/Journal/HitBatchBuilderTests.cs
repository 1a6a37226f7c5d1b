using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Dimensions;
using StatHub.Core.Journal;
using StatHub.Core.Privacy;
using StatHub.Core.Rollups;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Journal;

public class HitBatchBuilderTests
{
    private static readonly DimensionReader Dimensions = new();
    private static readonly MemorySalts Salts = new();

    private static HitBatch Batch(params string[] lines) => Batch(lines.Select(Encoding.UTF8.GetBytes));

    private static HitBatch Batch(IEnumerable<byte[]> lines, PrivacyRules? privacy = null)
    {
        var tenants = Lines.Tenants(Lines.Entry("gone", 3, registered: false, erasedAt: 5), Lines.Entry("again", 4, erasedAt: Lines.Now - 500));
        var builder = new HitBatchBuilder(tenants, Dimensions, privacy ?? PrivacyRules.Default, Salts, new NoBounds(), Lines.Now);
        foreach (var line in lines)
            builder.Add(line, Lines.Live, "hits.log", 0);
        return builder.Batch;
    }

    private static Dictionary<string, long> Outcomes(HitBatch batch)
    {
        var sums = new long[RejectReasons.Count];
        foreach (var outcomes in batch.Tenants.Select(tenant => tenant.Outcomes).Append(batch.Unowned))
        {
            for (var i = 0; i < sums.Length; i++)
                sums[i] += outcomes[i];
        }
        return Enumerable.Range(0, sums.Length).Where(i => sums[i] > 0).ToDictionary(i => ((RejectReason)i).Name(), i => sums[i]);
    }

    private static string Raw(HitBatch batch) => string.Concat(batch.Tenants.SelectMany(tenant => tenant.Days.Values).Select(Raw));

    private static string Raw(RawLines lines)
    {
        using var content = new MemoryStream();
        lines.WriteInOrder(content);
        return Encoding.UTF8.GetString(content.ToArray());
    }

    [Fact]
    public void Sums_are_kept_by_tenant_key_and_minute()
    {
        var batch = Batch(Lines.Hit(), Lines.Hit(args: "tv=2.5"), Lines.Hit(key: "a"), Lines.Hit(tenant: "other"), Lines.Hit(at: 1_789_999_999.123 - 60));

        var demo = batch.Tenants.Single(tenant => tenant.Tenant.Id.ToString() == "demo");
        var home = demo.Keys[Lines.Bytes("home")];
        home.Hits.Should().Be(3);
        home.Hours.ToArray().Sum(hour => hour.Value.Cells.Length).Should().Be(2);
        home.Total.Value.ToString().Should().Be("4.5");
        Outcomes(batch).Should().Equal(new Dictionary<string, long> { ["counted"] = 5 });
    }

    [Theory]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 1, ",\"bot\":\"crawler\"}")]
    [InlineData("curl/8.14.1", 1, ",\"bot\":\"library\"}")]
    [InlineData("", 1, ",\"bot\":\"empty\"}")]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", 0, ",\"request_time\":0.000}")]
    public void The_hits_of_bots_are_counted_apart_and_labelled_with_a_reason(string agent, long bots, string end)
    {
        var batch = Batch(Lines.Hit(agent: agent, address: ""));

        var sums = batch.Tenants.Single().Keys.Values.Single().Total;
        sums.Hits.Should().Be(1);
        sums.Bots.Should().Be(bots);
        Raw(batch).Should().EndWith(end + "\n");
    }

    [Fact]
    public void Sums_by_dimension_are_those_of_each_hit_by_itself()
    {
        string[] agents = ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "curl/8.14.1", ""];
        var lines = Enumerable.Range(0, 3_000).Select(i => Lines.Hit(
            key: $"k{i % 3}", agent: agents[i % 7 % 3], address: $"203.0.113.{i % 250}",
            args: $"tv={i % 5}&utm_source=s{i % 11}&d.plan={new string('p', i % 200)}{i}&r=https%3A%2F%2Fx{i % 13}.example%2F{i % 17}")).ToList();
        var expected = new Dictionary<string, KeySums>();
        var (reader, parser) = (new DimensionReader(), new HitParser());
        foreach (var line in lines.Select(Lines.Bytes))
        {
            parser.Read(line, Lines.Live, Lines.Now, out var hit).Should().Be(RejectReason.None);
            var key = Encoding.UTF8.GetString(hit.Key);
            if (!expected.TryGetValue(key, out var sums))
                expected[key] = sums = new KeySums();
            sums.Add(hit.UnixMilliseconds, hit.Millionths, reader.Read(line, parser.Line));
        }

        var keys = Batch([.. lines]).Tenants.Single().Keys;

        keys.ToDictionary(key => Encoding.UTF8.GetString(key.Key), key => Text(key.Value)).Should().BeEquivalentTo(expected.ToDictionary(key => key.Key, key => Text(key.Value)));
    }

    private static List<string> Text(KeySums sums) =>
    [
        .. from day in sums.Days
           from dimension in day.Value.All
           from value in dimension.Values
           orderby dimension.Dimension, Encoding.UTF8.GetString(value.Key)
           select $"{day.Key} {dimension.Dimension} {Encoding.UTF8.GetString(dimension.Own)} {Encoding.UTF8.GetString(value.Key)}: {value.Value}",
    ];

    [Fact]
    public void A_label_that_a_line_brings_with_it_is_dropped()
    {
        var line = Lines.Hit();
        Raw(Batch(line[..^1] + ",\"bot\":\"none\",\"country\":\"XX\",\"visitor\":\"1\"}")).Should().Be(Raw(Batch(line)));
    }

    [Fact]
    public void A_fragment_and_the_line_glued_to_it_are_two_lines()
    {
        var whole = Lines.Hit();
        for (var cut = 1; cut < whole.Length; cut++)
        {
            var batch = Batch(whole[..cut] + whole);
            batch.Lines.Should().Be(2);
            Outcomes(batch).Should().Equal(
                new Dictionary<string, long> { ["counted"] = 1, ["torn"] = 1 }, "cut after {0} bytes", cut);
        }
    }

    [Fact]
    public void A_complete_line_without_its_newline_is_counted_with_the_one_glued_to_it() =>
        Outcomes(Batch(Lines.Hit() + Lines.Hit() + Lines.Hit())).Should().Equal(new Dictionary<string, long> { ["counted"] = 3 });

    [Fact]
    public void What_a_crash_of_the_machine_leaves_does_not_take_the_next_line_with_it() =>
        Outcomes(Batch(new string('\0', 300_000) + Lines.Hit())).Should().Equal(new Dictionary<string, long> { ["counted"] = 1, ["too_long"] = 1 });

    [Fact]
    public void A_line_that_only_begins_is_torn() => Outcomes(Batch(Lines.Hit()[..100])).Should().Equal(new Dictionary<string, long> { ["torn"] = 1 });

    [Fact]
    public void A_user_agent_cannot_forge_the_beginning_of_a_line() =>
        Outcomes(Batch(Lines.Hit(agent: """{\"tenant\":\"other\",\"key\":\"x\"}"""))).Should().Equal(new Dictionary<string, long> { ["counted"] = 1 });

    [Fact]
    public void Unknown_and_erased_tenants_are_told_apart() =>
        Outcomes(Batch(Lines.Hit(tenant: "nobody"), Lines.Hit(tenant: "nobody", status: 429), Lines.Hit(tenant: "gone"))).Should().Equal(
            new Dictionary<string, long> { ["unknown_tenant"] = 2, ["tenant_erased"] = 1 });

    [Fact]
    public void A_tenant_that_was_registered_again_starts_with_newer_hits() =>
        Outcomes(Batch(Lines.Hit(tenant: "again", at: Lines.Now / 1000.0 - 1), Lines.Hit(tenant: "again", at: Lines.Now / 1000.0))).Should().Equal(
            new Dictionary<string, long> { ["counted"] = 1, ["tenant_erased"] = 1 });

    [Fact]
    public void Raw_lines_begin_with_time_tenant_and_key_and_are_in_the_order_of_time()
    {
        var batch = Batch(Lines.Hit(key: "b", at: 1_789_999_999.5), Lines.Hit(key: "a", at: 1_789_999_999.25));

        Raw(batch).Should().Match(
            """{"time":"2026-09-21T14:13:19.250Z","tenant":"demo","key":"a","msec":1789999999.250,"time_iso8601":*}"""
            + "\n" + """{"time":"2026-09-21T14:13:19.500Z","tenant":"demo","key":"b",*}""" + "\n");
    }

    [Theory]
    [InlineData(AddressTreatment.Truncated, "\"remote_addr\":\"203.0.113.0\"", "\"http_x_forwarded_for\":\"2001:db8:1::, 198.51.100.0\"")]
    [InlineData(AddressTreatment.None, "\"remote_addr\":\"\"", "\"http_x_forwarded_for\":\"\"")]
    [InlineData(AddressTreatment.Full, "\"remote_addr\":\"203.0.113.7\"", "\"http_x_forwarded_for\":\"2001:db8:1:2::3, unknown,198.51.100.9:443\"")]
    public void Addresses_are_treated_in_every_field_that_holds_one(AddressTreatment treatment, string remote, string forwarded)
    {
        var line = Lines.Hit(forwarded: "2001:db8:1:2::3, unknown,198.51.100.9:443");
        Raw(Batch([Encoding.UTF8.GetBytes(line)], new PrivacyRules(treatment))).Should().Contain(remote).And.Contain(forwarded);
    }

    [Fact]
    public void A_hit_has_its_visitor_in_the_stored_line_and_in_the_sketch_of_its_hour()
    {
        var batch = Batch(Lines.Hit(), Lines.Hit(), Lines.Hit(address: "203.0.113.8"), Lines.Hit(address: "203.0.113.9", agent: "curl/8.14.1"), Lines.Hit(address: ""));

        var sums = batch.Tenants.Single().Keys.Values.Single();
        sums.Visitors.Values.Single().Estimate().Should().Be(2);
        var visitors = Raw(batch).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement.TryGetProperty("visitor", out var visitor) ? visitor.GetString() : null).ToList();
        visitors[0].Should().Be(visitors[1]).And.HaveLength(8);
        visitors.Distinct().Should().HaveCount(4).And.Contain((string?)null);
    }

    [Theory]
    [InlineData("1", "", true, false, false)]
    [InlineData("", "1", false, true, false)]
    [InlineData("1", "1", false, false, true)]
    [InlineData("0", "", true, true, true)]
    [InlineData("1", "", false, true, true)]
    public void Who_asks_not_to_be_tracked_is_counted_without_a_trace_where_that_is_honoured(string dnt, string gpc, bool honorDnt, bool honorGpc, bool traced)
    {
        var line = Lines.Hit(forwarded: "198.51.100.9")
            .Replace("\"http_dnt\":\"\"", $"\"http_dnt\":\"{dnt}\"", StringComparison.Ordinal)
            .Replace("\"http_sec_gpc\":\"\"", $"\"http_sec_gpc\":\"{gpc}\"", StringComparison.Ordinal);
        var batch = Batch([Encoding.UTF8.GetBytes(line)], new PrivacyRules(AddressTreatment.Full, honorDnt, honorGpc));

        var raw = Raw(batch);
        raw.Contains("\"visitor\"", StringComparison.Ordinal).Should().Be(traced);
        raw.Contains("203.0.113.7", StringComparison.Ordinal).Should().Be(traced);
        raw.Contains("198.51.100.9", StringComparison.Ordinal).Should().Be(traced);
        var sums = batch.Tenants.Single().Keys.Values.Single();
        sums.Hits.Should().Be(1);
        sums.Visitors.Count.Should().Be(traced ? 1 : 0);
    }

    [Fact]
    public void Invalid_utf8_is_replaced_in_the_raw_hit()
    {
        var line = Encoding.Latin1.GetBytes(Lines.Hit(agent: "caf\u00e9"));
        Raw(Batch([line])).Should().Contain("caf\ufffd");
    }

    [Fact]
    public void Every_piece_between_newlines_has_exactly_one_outcome()
    {
        var pieces = Gen.ListOf(Gen.OneOf(
            Gen.Constant(Encoding.UTF8.GetBytes(Lines.Hit())), HitParserTests.Mutated(Lines.Hit()), ArbMap.Default.GeneratorFor<byte[]>()), 5);
        Prop.ForAll(pieces.ToArbitrary(), lines =>
        {
            var batch = Batch(lines);
            return batch.Lines >= lines.Count && Outcomes(batch).Values.Sum() == batch.Lines;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }
}
