using System.Globalization;
using System.Text;

namespace StatHub.Cli.Traffic;

/// <summary>What stays the same over the hits of one browser.</summary>
internal sealed class Visitor
{
    private static readonly WeightedChoice<LoggedText> Agents = new([.. UserAgents.All.Select(a => (a.Weight, new LoggedText(a.Item)))]);

    private static readonly WeightedChoice<byte[]> Languages = Utf8(
        (22, "en-US,en;q=0.9"), (8, "en-US"), (9, "en-GB,en;q=0.9"), (9, "de-DE,de;q=0.9"), (3, "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7"),
        (6, "es-ES,es;q=0.9"), (5, "fr-FR,fr;q=0.9"), (2, "fr-FR,fr;q=0.9,en-US;q=0.8,en;q=0.7"), (5, "pt-BR,pt;q=0.9"), (5, "zh-CN,zh;q=0.9"),
        (4, "ja"), (3, "ru-RU,ru;q=0.9"), (3, "it-IT,it;q=0.9"), (2, "nl-NL,nl;q=0.9,en;q=0.8"), (2, "pl-PL,pl;q=0.9,en-US;q=0.8"),
        (2, "tr-TR,tr;q=0.9"), (2, "ko-KR,ko;q=0.9"), (1, "ar,en-US;q=0.9,en;q=0.8"), (1, "*"), (6, ""));

    private static readonly WeightedChoice<byte[]> Screens = Utf8(
        (22, "1920x1080"), (9, "1366x768"), (8, "1536x864"), (12, "390x844"), (10, "393x873"), (9, "412x915"), (8, "360x800"),
        (6, "414x896"), (5, "430x932"), (4, "2560x1440"), (3, "1440x900"), (2, "820x1180"), (1, "3840x2160"), (1, "5120x1440"));

    public Visitor(TrafficRandom random)
    {
        Agent = Agents.Next(random);
        Language = Languages.Next(random);
        Screen = Screens.Next(random);
        Address = Encoding.ASCII.GetBytes(random.Percent(12) ? V6(random) : V4(random));
        ForwardedFor = random.Percent(4) ? Encoding.ASCII.GetBytes(V4(random)) : [];
        DoNotTrack = random.Percent(9) ? "1"u8.ToArray() : [];
        GlobalPrivacyControl = random.Percent(6) ? "1"u8.ToArray() : [];
    }

    public LoggedText Agent { get; }

    public byte[] Language { get; }

    public byte[] Screen { get; }

    public byte[] Address { get; }

    public byte[] ForwardedFor { get; }

    public byte[] DoNotTrack { get; }

    public byte[] GlobalPrivacyControl { get; }

    // Public-looking, with the three documentation networks among them; never a private one.
    private static string V4(TrafficRandom random) => random.Next(10) switch
    {
        0 => $"192.0.2.{random.Next(256)}",
        1 => $"198.51.100.{random.Next(256)}",
        2 => $"203.0.113.{random.Next(256)}",
        // 11 to 99 holds no private, loopback or multicast network.
        _ => $"{11 + random.Next(89)}.{random.Next(256)}.{random.Next(256)}.{1 + random.Next(254)}",
    };

    private static string V6(TrafficRandom random)
    {
        string Group() => random.Next(0x10000).ToString("x", CultureInfo.InvariantCulture);
        return $"2001:db8:{Group()}:{Group()}:{Group()}:{Group()}:{Group()}:{Group()}";
    }

    private static WeightedChoice<byte[]> Utf8(params (double Weight, string Text)[] items) =>
        new([.. items.Select(item => (item.Weight, Encoding.UTF8.GetBytes(item.Text)))]);
}
