namespace StatHub.Core.Dimensions.Clients;

/// <summary>
/// Reads a regular expression for texts of which at least one is in everything that it matches, so that it need not run
/// where none of them is. Knows the syntax that the patterns of <c>Data</c> use; what it does not know requires nothing.
/// </summary>
internal ref struct RequiredLiterals
{
    private const int MostTexts = 256;
    private const int MostProducts = 64;

    // What nearly every user agent has is no help.
    private static readonly string Ordinary = string.Join('\n',
        "mozilla/5.0 (linux; u; android 10; k build/) applewebkit/537.36 (khtml, like gecko) version/4.0 chrome/120.0.0.0 mobile safari/537.36",
        "mozilla/5.0 (iphone; cpu iphone os 18_5 like mac os x) applewebkit/605.1.15 (khtml, like gecko) version/18.5 mobile/15e148 safari/604.1",
        "mozilla/5.0 (windows nt 10.0; win64; x64; rv:140.0) gecko/20100101 firefox/140.0",
        "mozilla/5.0 (macintosh; intel mac os x 10_15_7; x11; linux x86_64) edg/120.0.0.0");

    private readonly ReadOnlySpan<char> _pattern;
    private int _at;
    private bool _isStrange;

    private RequiredLiterals(ReadOnlySpan<char> pattern) => _pattern = pattern;

    /// <summary>What a part of a pattern matches.</summary>
    /// <param name="Exact">All texts that it matches, in lower case; null when there are too many.</param>
    /// <param name="Required">One of these is in every text that it matches; null when nothing is known.</param>
    private readonly record struct Part(string[]? Exact, string[]? Required);

    private static Part Unknown => new(null, null);

    private static Part Nothing => new([""], null);

    /// <summary>Lower-case ASCII texts of which one is in everything that the pattern matches in any case; null when none are known.</summary>
    public static IReadOnlyList<string>? Of(string pattern)
    {
        var reader = new RequiredLiterals(pattern);
        var whole = reader.ReadAlternatives();
        return reader._isStrange || reader._at < pattern.Length ? null : Better(whole.Exact, whole.Required);
    }

    private Part ReadAlternatives()
    {
        var parts = new List<Part> { ReadSequence() };
        while (_at < _pattern.Length && _pattern[_at] == '|')
        {
            _at++;
            parts.Add(ReadSequence());
        }
        if (parts.Count == 1)
            return parts[0];
        var exact = parts.TrueForAll(part => part.Exact is not null) ? Union(parts.Select(part => part.Exact!)) : null;
        var bests = parts.ConvertAll(part => Better(part.Exact, part.Required));
        return new Part(exact, bests.Contains(null) ? null : Union(bests!));
    }

    private Part ReadSequence()
    {
        string[] run = [""];
        string[]? best = null;
        var isExact = true;
        while (_at < _pattern.Length && _pattern[_at] is not ('|' or ')'))
        {
            var (part, goesOn) = Repeat(ReadAtom());
            if (part.Exact is not null && run.Length * part.Exact.Length <= MostProducts)
            {
                run = Product(run, part.Exact);
            }
            else
            {
                best = Better(Better(best, run), part.Required);
                run = part.Exact ?? [""];
                isExact = false;
            }
            if (goesOn)
                continue;
            best = Better(best, run);
            run = [""];
            isExact = false;
        }
        return isExact ? new Part(run, null) : new Part(null, Better(best, run));
    }

    /// <summary>What an atom with its quantifier matches; false when more of it may follow.</summary>
    private (Part Part, bool GoesOn) Repeat(Part atom)
    {
        if (_at >= _pattern.Length)
            return (atom, true);
        switch (_pattern[_at])
        {
            case '?':
                _at++;
                SkipLazy();
                return (atom.Exact is null ? Unknown : new Part(Union([atom.Exact, [""]]), null), true);
            case '*':
                _at++;
                SkipLazy();
                return (Unknown, false);
            case '+':
                _at++;
                SkipLazy();
                return (atom, false);
            case '{':
                var optional = _pattern[_at + 1] == '0';
                _at += _pattern[_at..].IndexOf('}') + 1;
                SkipLazy();
                return (optional ? Unknown : atom, false);
            default:
                return (atom, true);
        }
    }

    private void SkipLazy()
    {
        if (_at < _pattern.Length && _pattern[_at] == '?')
            _at++;
    }

    private Part ReadAtom()
    {
        var c = _pattern[_at++];
        switch (c)
        {
            case '(': return ReadGroup();
            case '[': return ReadSet();
            case '\\': return ReadEscape();
            case '.': return Unknown;
            case '^' or '$': return Nothing;
            default: return char.IsAsciiLetterOrDigit(c) ? ReadWord() : Literal(c);
        }
    }

    /// <summary>Letters and digits up to the last that no quantifier belongs to, or that one.</summary>
    private Part ReadWord()
    {
        var start = _at - 1;
        while (_at < _pattern.Length && char.IsAsciiLetterOrDigit(_pattern[_at]))
            _at++;
        if (_at - start > 1 && _at < _pattern.Length && _pattern[_at] is '?' or '*' or '+' or '{')
            _at--;
        return new Part([_pattern[start.._at].ToString().ToLowerInvariant()], null);
    }

    private Part ReadGroup()
    {
        if (_pattern[_at] == '?')
        {
            _isStrange |= _pattern[_at + 1] != ':';
            _at += 2;
        }
        var part = ReadAlternatives();
        if (_at < _pattern.Length)
            _at++;
        return part;
    }

    private Part ReadEscape()
    {
        var c = _pattern[_at++];
        switch (c)
        {
            case 'b': return Nothing;
            case 'd' or 'D' or 'w' or 'W' or 's' or 'S': return Unknown;
            default:
                _isStrange |= char.IsAsciiLetterOrDigit(c);
                return Literal(c);
        }
    }

    /// <summary>A set of a few characters is a choice of texts; one with ranges or classes is not.</summary>
    private Part ReadSet()
    {
        var start = _at;
        var isPlain = _pattern[_at] != '^';
        var texts = new List<string>();
        while (_pattern[_at] != ']' || _at == start || (_at == start + 1 && !isPlain))
        {
            var c = _pattern[_at++];
            if (c == '\\')
            {
                c = _pattern[_at++];
                isPlain &= !char.IsAsciiLetterOrDigit(c);
            }
            else if (c == '-' && _at > start + 1 && _pattern[_at] != ']')
            {
                isPlain = false;
            }
            isPlain &= char.IsAscii(c);
            texts.Add(char.ToLowerInvariant(c).ToString());
        }
        _at++;
        return isPlain && texts.Count <= 8 ? new Part([.. texts.Distinct()], null) : Unknown;
    }

    private static Part Literal(char c) => char.IsAscii(c) ? new Part([char.ToLowerInvariant(c).ToString()], null) : Unknown;

    private static string[] Product(string[] run, string[] next) => next.Length == 1
        ? Array.ConvertAll(run, text => text + next[0])
        : [.. run.SelectMany(text => next.Select(more => text + more)).Distinct()];

    private static string[]? Union(IEnumerable<string[]> sets)
    {
        string[] union = [.. sets.SelectMany(set => set).Distinct()];
        return union.Length <= MostTexts ? union : null;
    }

    /// <summary>The set that fewer texts have something of; a set with the empty text is none.</summary>
    private static string[]? Better(string[]? one, string[]? other)
    {
        if (one is null || Array.Exists(one, text => text.Length == 0))
            one = null;
        if (other is null || Array.Exists(other, text => text.Length == 0))
            return one;
        return one is null || Worth(other) > Worth(one) ? other : one;
    }

    private static double Worth(string[] texts) => texts.Min(text =>
        Ordinary.Contains(text, StringComparison.Ordinal) ? text.Length * 0.1 : text.Length);
}
