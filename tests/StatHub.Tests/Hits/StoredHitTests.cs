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

    private static byte[] Stored(byte[] line, DimensionReader dimensions)
    {
        var parser = new HitParser();
        parser.Read(line, Lines.Live, Lines.Now, out var hit).Should().Be(RejectReason.None);
        var target = new ArrayBufferWriter<byte>();
        StoredHit.Write(hit, line, parser.Line.Members, dimensions.Read(line, parser.Line), AddressTreatment.Truncated, target);
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
