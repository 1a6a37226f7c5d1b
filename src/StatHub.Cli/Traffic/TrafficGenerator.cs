using System.Buffers.Text;
using System.Text;

namespace StatHub.Cli.Traffic;

/// <summary>Writes the lines of a plan, in the order of their instants.</summary>
internal sealed class TrafficGenerator
{
    private const int MaxVisitors = 50_000;
    private const int LinesPerVisitor = 8;

    private static readonly WeightedChoice<LoggedText> Elsewhere = new([.. new (double, string)[]
    {
        (30, "https://www.google.com/"), (6, "https://www.bing.com/"), (5, "https://duckduckgo.com/"), (3, "https://yandex.ru/"),
        (6, "https://t.co/AbC3xYz9Qk"), (6, "https://www.facebook.com/"), (4, "android-app://com.google.android.gm/"),
        (4, "https://news.ycombinator.com/item?id=38190401"), (5, "https://www.reddit.com/r/selfhosted/comments/17x2k9/count_hits_without_cookies/"),
        (3, "https://github.com/"), (3, "https://www.linkedin.com/feed/"), (2, "https://lobste.rs/s/8q0z2v/small_web_analytics"),
        (2, "https://de.wikipedia.org/wiki/Z%C3%A4hlpixel"), (2, "https://example.org/?q=\"quoted\"&x=\\back"), (45, ""),
    }.Select(r => (r.Item1, new LoggedText(r.Item2)))]);

    private static readonly byte[][] EscapedReferrers = [.. new[]
    {
        "https://www.google.com/", "https://news.ycombinator.com/", "https://newsletter.example.org/2023/11/issue-42", "https://m.facebook.com/",
    }.Select(r => Encoding.ASCII.GetBytes(Uri.EscapeDataString(r)))];

    private static readonly byte[][] Campaigns = [.. new[] { "spring_sale", "launch-2.0", "newsletter-2023-11", "brand" }.Select(Encoding.ASCII.GetBytes)];
    private static readonly byte[][] Sources = [.. new[] { "google", "newsletter", "facebook", "partner.example" }.Select(Encoding.ASCII.GetBytes)];
    private static readonly byte[][] Media = [.. new[] { "cpc", "email", "social", "referral" }.Select(Encoding.ASCII.GetBytes)];
    private static readonly byte[][] Plans = [.. new[] { "free", "team", "business" }.Select(Encoding.ASCII.GetBytes)];

    private readonly TrafficPlan _plan;
    private readonly TrafficRandom _random;
    private readonly TrafficRandom _hostileRandom;
    private readonly TrafficClock _clock;
    private readonly Site[] _sites;
    private readonly WeightedChoice _siteChoice;
    private readonly WeightedChoice _keyChoice;
    private readonly Visitor[] _visitors;
    private readonly TrafficHit _hit = new();
    private long _connection = 1;

    public TrafficGenerator(TrafficPlan plan)
    {
        _plan = plan;
        _random = new TrafficRandom((ulong)plan.Seed);
        // A sequence of its own, so that the good lines are the same at every share of hostile ones.
        _hostileRandom = new TrafficRandom(~(ulong)plan.Seed);
        _clock = new TrafficClock(plan.From, plan.To);
        _sites = [.. plan.Tenants.Select(tenant => new Site(tenant, plan.KeysPerTenant, plan.Prefix))];
        _siteChoice = WeightedChoice.Zipf(_sites.Length);
        _keyChoice = WeightedChoice.Zipf(plan.KeysPerTenant);
        _visitors = new Visitor[Math.Clamp(plan.Lines / LinesPerVisitor, 1, MaxVisitors)];
    }

    public TrafficSummary Write(Stream output, CancellationToken cancellationToken)
    {
        var lines = new LineBuffer(output);
        var hostileLines = new HostileLines(_hostileRandom);
        var hostile = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0L; i < _plan.Lines; i++)
        {
            var start = lines.Position;
            WriteHit(lines, i);
            if (_plan.HostilePercent > 0 && _hostileRandom.Percent(_plan.HostilePercent))
            {
                var changed = hostileLines.From(lines.Since(start), out var kind);
                lines.CutTo(start);
                lines.Add(changed);
                hostile[kind] = hostile.GetValueOrDefault(kind) + 1;
            }
            lines.FlushWhenLarge();
            if (i % 4096 == 0)
                cancellationToken.ThrowIfCancellationRequested();
        }
        lines.Flush();
        return new TrafficSummary(_plan.Lines, lines.Position, hostile);
    }

    private void WriteHit(LineBuffer lines, long index)
    {
        _clock.MoveTo((index + _random.NextShare()) / _plan.Lines);
        DrawHit();
        if (_plan.Format == TrafficFormat.Journal)
            TrafficLines.WriteJournal(lines, _hit, _clock);
        else
            TrafficLines.WriteCombined(lines, _hit, _clock);
    }

    private void DrawHit()
    {
        _hit.Site = _sites[_siteChoice.Next(_random)];
        _hit.Page = _hit.Site.Pages[_keyChoice.Next(_random)];
        _hit.Visitor = _visitors[_random.Next(_visitors.Length)] ??= new Visitor(_random);
        _hit.Referrer = DrawReferrer();
        _hit.IsBeacon = _random.Percent(12);
        _hit.Status = _hit.IsBeacon ? 204 : 200;
        _connection += _random.Next(3);
        _hit.Connection = _connection;
        _hit.ConnectionRequests = 1 + _random.Next(6);
        DrawArguments();
    }

    private LoggedText DrawReferrer() => _random.Next(100) switch
    {
        < 60 => _hit.Site.Origin,
        < 75 => _hit.Page.Url,
        _ => Elsewhere.Next(_random),
    };

    private void DrawArguments()
    {
        _hit.ArgumentsLength = 0;
        if (_random.Percent(15))
            _hit.AddArgument("tv"u8, DrawValue(stackalloc byte[20]));
        if (_random.Percent(12))
            _hit.AddArgument("s"u8, _hit.Visitor.Screen);
        if (_random.Percent(3))
            _hit.AddArgument("t"u8, _hit.Page.Title);
        if (_random.Percent(4))
            _hit.AddArgument("r"u8, _random.Pick(EscapedReferrers));
        if (_random.Percent(2))
            DrawCampaign();
        if (_random.Percent(2))
            _hit.AddArgument("d.plan"u8, _random.Pick(Plans));
    }

    private void DrawCampaign()
    {
        _hit.AddArgument("utm_source"u8, _random.Pick(Sources));
        _hit.AddArgument("utm_medium"u8, _random.Pick(Media));
        _hit.AddArgument("utm_campaign"u8, _random.Pick(Campaigns));
    }

    // Seconds that were read, amounts of money, and now and then a refund.
    private ReadOnlySpan<byte> DrawValue(Span<byte> text)
    {
        var cents = _random.Next(500_00);
        Utf8Formatter.TryFormat(_random.Percent(3) ? -cents : cents, text, out var length);
        if (!_random.Percent(40))
            return text[..length];
        text[length] = (byte)'.';
        Utf8Formatter.TryFormat(_random.Next(100), text[(length + 1)..], out var digits, new('D', 2));
        return text[..(length + 1 + digits)];
    }
}
