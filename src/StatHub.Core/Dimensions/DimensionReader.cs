using System.Text;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Countries;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Sketches;
using StatHub.Core.Text;

namespace StatHub.Core.Dimensions;

/// <summary>
/// Finds the dimensions of hits. What user agents, referrers and languages say is remembered in bounded memory, so that a
/// hit costs no allocation once those it has are known. An instance belongs to one thread. It never throws, whatever the bytes are.
/// </summary>
/// <param name="countries">Where countries come from; without it there are none.</param>
/// <param name="spam">Hosts that are not taken for referrers.</param>
/// <param name="bots">The operator's own bots.</param>
public sealed class DimensionReader(CountrySource? countries = null, HostSet? spam = null, BotList? bots = null)
{
    // Stands in the cache for what is no referrer or no language.
    private static readonly Referrer NoReferrer = new(default, default, default);
    private static readonly byte[] NoLanguage = [];
    private static readonly byte[][] Statuses = [.. Enumerable.Range(0, 1000).Select(status => Encoding.ASCII.GetBytes($"{status:000}"))];

    private readonly ClientCatalogue _clients = new(bots);
    private readonly BytesCache<Referrer> _referrers = new(mostEntries: 8 * 1024);
    private readonly BytesCache<Referrer> _pageReferrers = new(mostEntries: 8 * 1024);
    private readonly BytesCache<byte[]> _languages = new(mostEntries: 4 * 1024, mostBytes: 256 * 1024);
    private readonly HitDimensions _hit = new();
    private readonly byte[] _clean = new byte[DimensionText.MaxBytes];
    private byte[] _args = new byte[4096];
    private byte[] _decoded = new byte[4096];
    private byte[] _text = new byte[4096];

    /// <summary>Finds the dimensions of a hit.</summary>
    /// <param name="line">The journal line.</param>
    /// <param name="fields">Where its fields are.</param>
    /// <returns>The same instance for every hit.</returns>
    public HitDimensions Read(ReadOnlySpan<byte> line, HitLine fields)
    {
        ReadAllButCountry(line, fields);
        if (countries?.Database is { } database && database.TryFindText(fields.Text(line, HitField.RemoteAddr), out var country))
            _hit.Add(Dimension.Country, country);
        return _hit;
    }

    /// <summary>
    /// Finds the dimensions of a stored line, whose bot, country and visitor were found when it was counted: its address may be gone since.
    /// </summary>
    public HitDimensions ReadStored(ReadOnlySpan<byte> line, HitLine fields)
    {
        ReadAllButCountry(line, fields);
        _hit.Bot = BotReason.None;
        foreach (var member in fields.Members)
        {
            if (member.Field == HitField.Reserved && line[member.ValueStart] == '"')
                ReadLabel(line[(member.Start + 1)..member.ValueStart], line[(member.ValueStart + 1)..(member.End - 1)]);
        }
        return _hit;
    }

    private void ReadLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.StartsWith("country\""u8))
            _hit.AddCopy(Dimension.Country, [], value);
        else if (name.StartsWith("visitor\""u8))
            _hit.Visitor = VisitorHash.TryRead(value, out var visitor) ? visitor : null;
        else if (name.StartsWith("bot\""u8))
            _hit.Bot = BotReasons.TryParse(Encoding.ASCII.GetString(value), out var reason) ? reason : BotReason.None;
    }

    private void ReadAllButCountry(ReadOnlySpan<byte> line, HitLine fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        _hit.Clear();
        if (fields.Has(HitField.UserAgent))
            _hit.SetClient(_clients.Describe(Unescape(fields.Text(line, HitField.UserAgent), ref _text)));
        var referrer = ReadArguments(fields.Text(line, HitField.Args), fields.Has(HitField.Log) ? HitDimensions.MaxOwnOfLogs : HitDimensions.MaxOwn, out var pageReferrer)
            ? PageReferrer(pageReferrer, fields.Text(line, HitField.Referer))
            : HeaderReferrer(fields.Text(line, HitField.Referer));
        ReadReferrer(referrer, fields.Text(line, HitField.Host));
        _hit.Add(Dimension.Language, Language(fields.Text(line, HitField.AcceptLanguage)));
        _hit.Add(Dimension.Status, Status(fields.Text(line, HitField.Status)));
    }

    /// <summary>Reads <c>utm_*</c> and <c>d.*</c> in one pass over the query string; tells whether there is an <c>r</c> too.</summary>
    private bool ReadArguments(ReadOnlySpan<byte> escaped, int mostOwn, out ReadOnlySpan<byte> pageReferrer)
    {
        pageReferrer = default;
        var hasReferrer = false;
        var own = 0;
        var rest = Unescape(escaped, ref _args);
        while (!rest.IsEmpty)
        {
            var end = rest.IndexOf((byte)'&');
            var pair = end < 0 ? rest : rest[..end];
            rest = end < 0 ? [] : rest[(end + 1)..];
            var equals = pair.IndexOf((byte)'=');
            if (equals <= 0)
                continue;
            var name = pair[..equals];
            var value = pair[(equals + 1)..];
            if (name.StartsWith("utm_"u8))
            {
                ReadCampaign(name[4..], value);
            }
            else if (name.StartsWith("d."u8) && own < mostOwn)
            {
                own += ReadOwn(name[2..], value) ? 1 : 0;
            }
            else if (!hasReferrer && name is [(byte)'r'])
            {
                hasReferrer = true;
                pageReferrer = value;
            }
        }
        return hasReferrer;
    }

    private void ReadCampaign(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var dimension = name switch
        {
            _ when name.SequenceEqual("source"u8) => Dimension.UtmSource,
            _ when name.SequenceEqual("medium"u8) => Dimension.UtmMedium,
            _ when name.SequenceEqual("campaign"u8) => Dimension.UtmCampaign,
            _ when name.SequenceEqual("term"u8) => Dimension.UtmTerm,
            _ when name.SequenceEqual("content"u8) => Dimension.UtmContent,
            _ => Dimension.Key,
        };
        // The first of a name that says something counts.
        if (dimension != Dimension.Key && !_hit.Has(dimension, []))
            _hit.AddCopy(dimension, [], Clean(value));
    }

    private bool ReadOwn(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        Span<byte> folded = stackalloc byte[DimensionNames.MaxOwnBytes];
        if (!DimensionNames.TryFoldOwn(name, folded, out var length) || _hit.Has(Dimension.Own, folded[..length]))
            return false;
        var text = Clean(value);
        _hit.AddCopy(Dimension.Own, folded[..length], text);
        return !text.IsEmpty;
    }

    private void ReadReferrer(Referrer referrer, ReadOnlySpan<byte> ownHost)
    {
        if (!referrer.Host.IsEmpty && !HostName.Is(referrer.Host.Span, ownHost))
            _hit.SetReferrer(referrer);
    }

    /// <summary>
    /// The page's own word counts more than the header: a pixel's <c>Referer</c> is the page that shows it, and <c>r</c> is where the
    /// visitor came from before. On the host of that page the visitor came from nowhere else.
    /// </summary>
    private Referrer PageReferrer(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> header)
    {
        encoded = encoded[..Math.Min(encoded.Length, 3 * Referrer.MaxBytes)];
        if (encoded.IsEmpty)
            return NoReferrer;
        var referrer = _pageReferrers.Find(encoded) ?? _pageReferrers.Add(encoded, Make(Decode(encoded)));
        return referrer.Host.Span.SequenceEqual(HeaderReferrer(header).Host.Span) ? NoReferrer : referrer;
    }

    private Referrer HeaderReferrer(ReadOnlySpan<byte> escaped)
    {
        if (escaped.IsEmpty)
            return NoReferrer;
        // Cut, it might end within an escape.
        if (escaped.Length > 2 * Referrer.MaxBytes)
            return Make(Unescape(escaped, ref _text));
        return _referrers.Find(escaped) ?? _referrers.Add(escaped, Make(Unescape(escaped, ref _text)));
    }

    private Referrer Make(ReadOnlySpan<byte> address) => Referrer.TryRead(address, spam ?? HostSet.None, out var referrer) ? referrer : NoReferrer;

    private byte[] Language(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return NoLanguage;
        // The first language is all that counts, so the rest need not be remembered.
        var end = text.IndexOf((byte)',');
        text = text[..Math.Min(end < 0 ? text.Length : end, 64)];
        return _languages.Find(text) ?? _languages.Add(text, MakeLanguage(text));
    }

    private static byte[] MakeLanguage(ReadOnlySpan<byte> text)
    {
        Span<byte> tag = stackalloc byte[LanguageTag.MaxBytes];
        return LanguageTag.TryRead(text, tag, out var length) ? tag[..length].ToArray() : NoLanguage;
    }

    private static byte[] Status(ReadOnlySpan<byte> text)
    {
        if (text.Length != 3 || text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
            return [];
        return Statuses[(text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0')];
    }

    private ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> encoded) => DimensionText.Clean(Decode(encoded), _clean);

    private ReadOnlySpan<byte> Decode(ReadOnlySpan<byte> encoded)
    {
        if (_decoded.Length < encoded.Length)
            _decoded = new byte[encoded.Length * 2];
        return QueryArgs.Decode(encoded, _decoded);
    }

    /// <summary>A text with half of a surrogate pair is none at all.</summary>
    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> escaped, ref byte[] target)
    {
        if (target.Length < escaped.Length)
            target = new byte[escaped.Length * 2];
        return JsonText.TryUnescape(escaped, target, out var text) ? text : [];
    }
}
