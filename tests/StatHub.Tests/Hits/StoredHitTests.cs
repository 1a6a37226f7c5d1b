using System.Buffers;
using System.Text;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Privacy;
using Lines = StatHub.Tests.Journal.Lines;

namespace StatHub.Tests.Hits;

public class StoredHitTests
{
    private const string Firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    [Theory]
    [InlineData(Firefox, "", BotReason.None)]
    [InlineData(Firefox, "x=\\\"bot\\\":\\\"own\\\"}", BotReason.None)]
    [InlineData("Googlebot/2.1", "", BotReason.Crawler)]
    [InlineData("", "a=}", BotReason.Empty)]
    public void A_line_under_another_label_is_that_of_a_hit_with_that_label(string userAgent, string args, BotReason reason)
    {
        BotList.TryRead(["firefox", "googlebot"], out var list, out _);
        var line = Lines.Bytes(Lines.Hit(agent: userAgent, args: args));
        var before = Stored(line, new DimensionReader());
        var other = userAgent.Length == 0 ? reason : BotReason.Own;
        var after = Stored(line, new DimensionReader(bots: list));

        Relabelled(before, other).Should().Be(Encoding.UTF8.GetString(after));
        Relabelled(after, reason).Should().Be(Encoding.UTF8.GetString(before));
        Relabelled(after, BotReason.None).Should().NotContain(",\"bot\":");
    }

    [Theory]
    [InlineData(AddressTreatment.Truncated, "198.51.100.0", "203.0.113.0, 192.0.2.0")]
    [InlineData(AddressTreatment.Full, "198.51.100.7", "203.0.113.7, 192.0.2.7")]
    [InlineData(AddressTreatment.None, "", "")]
    public void Fields_stay_as_they_are_and_where_they_are_but_addresses_and_what_StatHub_says(AddressTreatment addresses, string remote, string forwarded)
    {
        var line = Lines.Bytes(
            """{"b":1,"c":"\u00e4", "remote_addr":"198.51.100.7","tenant":"demo","d" : [1, 2],"bot":"x","e":{"f":1},"key":"a","http_x_forwarded_for":"203.0.113.7, 192.0.2.7","g":"","msec":1789999999,}""");

        Encoding.UTF8.GetString(Stored(line, new DimensionReader(), addresses)).Should().Be(
            $$"""{"time":"2026-09-21T14:13:19.000Z","tenant":"demo","key":"a","b":1,"c":"\u00e4","remote_addr":"{{remote}}","d" : [1, 2],"e":{"f":1},"http_x_forwarded_for":"{{forwarded}}","g":"","msec":1789999999}"""
            + "\n");
    }

    private static byte[] Stored(byte[] line, DimensionReader dimensions, AddressTreatment addresses = AddressTreatment.Truncated)
    {
        var parser = new HitParser();
        parser.Read(line, Lines.Live, Lines.Now, out var hit).Should().Be(RejectReason.None);
        var target = new ArrayBufferWriter<byte>();
        StoredHit.Write(hit, line, parser.Line.Members, dimensions.Read(line, parser.Line), addresses, target);
        return target.WrittenSpan.ToArray();
    }

    private static string Relabelled(byte[] stored, BotReason bot)
    {
        var reader = new StoredHitReader(new DimensionReader());
        var line = stored.AsSpan(0, stored.Length - 1);
        reader.Read(line, out _).Should().Be(RejectReason.None);
        var target = new ArrayBufferWriter<byte>();
        reader.WriteRelabelled(line, bot, target);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }
}
