using System.Numerics;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace StatHub.Core.Dimensions.Clients;

/// <summary>
/// All patterns of <c>Data</c>. A user agent is searched once for the literals that patterns require; only those patterns run whose
/// literals it has, in the order of their file. Safe to use from several threads.
/// </summary>
internal sealed class ClientPatterns
{
    /// <summary>What uap-core calls the device of a bot.</summary>
    public const string Spider = "Spider";

    private static readonly Lazy<ClientPatterns> Loaded = new(() => new ClientPatterns());

    private readonly List<ClientPattern> _all = [];
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly LiteralAutomaton _literals;
    private readonly ulong[] _always;

    private ClientPatterns()
    {
        Browsers = Load("browsers");
        Systems = Load("systems");
        Devices = Load("devices");
        Spiders = [.. Enumerable.Range(Devices.Start, Devices.End - Devices.Start).Where(number => _all[number].Name == Spider)];
        Crawlers = Load("crawlers");
        Libraries = Load("libraries");
        Exceptions = Load("exceptions");
        DeviceClasses = Load("device-classes");
        Version = Convert.ToHexStringLower(_hash.GetHashAndReset())[..12];
        _always = new ulong[(_all.Count + 63) / 64];
        _literals = new LiteralAutomaton(Literals());
    }

    /// <summary>The one instance; made when it is first asked for.</summary>
    public static ClientPatterns Instance => Loaded.Value;

    /// <summary>uap-core's browsers.</summary>
    public Section Browsers { get; }

    /// <summary>uap-core's operating systems.</summary>
    public Section Systems { get; }

    /// <summary>uap-core's devices.</summary>
    public Section Devices { get; }

    /// <summary>Those of uap-core's devices that are bots.</summary>
    public IReadOnlyList<int> Spiders { get; }

    /// <summary>The list of crawlers; names are those of <see cref="BotReason"/>.</summary>
    public Section Crawlers { get; }

    /// <summary>Our own list of HTTP libraries, behind that of the crawlers.</summary>
    public Section Libraries { get; }

    /// <summary>Ordinary clients that have a crawler's word in them; names are the patterns of those crawlers.</summary>
    public Section Exceptions { get; }

    /// <summary>Our own list of what tells the class of a device; names are those of <see cref="DeviceClass"/>.</summary>
    public Section DeviceClasses { get; }

    /// <summary>A text that changes with the patterns.</summary>
    public string Version { get; }

    /// <summary>How many words <see cref="Search"/> needs.</summary>
    public int Words => _always.Length;

    /// <summary>A stretch of all patterns: those of one file.</summary>
    public readonly record struct Section(int Start, int End);

    /// <summary>Finds the patterns that may be in a text.</summary>
    public void Search(ReadOnlySpan<byte> text, Span<ulong> candidates)
    {
        _always.CopyTo(candidates);
        _literals.Find(text, candidates);
    }

    /// <summary>The number of the first pattern of a section that is in the text, or -1.</summary>
    public int First(Section section, string text, ReadOnlySpan<ulong> candidates)
    {
        var number = NextCandidate(section.Start, section.End, candidates);
        while (number >= 0 && !_all[number].IsIn(text))
            number = NextCandidate(number + 1, section.End, candidates);
        return number;
    }

    /// <summary>The name by the first pattern of a section that is in the text, or null.</summary>
    public string? FirstName(Section section, string text, ReadOnlySpan<ulong> candidates)
    {
        for (var number = NextCandidate(section.Start, section.End, candidates); number >= 0; number = NextCandidate(number + 1, section.End, candidates))
        {
            var name = _all[number].NameIn(text);
            if (name is not null)
                return name;
        }
        return null;
    }

    /// <summary>Whether a pattern may be in the text that was searched.</summary>
    public static bool IsCandidate(int number, ReadOnlySpan<ulong> candidates) => (candidates[number >> 6] >> (number & 63) & 1) != 0;

    /// <summary>The pattern of a number.</summary>
    public ClientPattern this[int number] => _all[number];

    private static int NextCandidate(int from, int to, ReadOnlySpan<ulong> candidates)
    {
        while (from < to)
        {
            var word = candidates[from >> 6] >> (from & 63);
            if (word != 0)
            {
                from += BitOperations.TrailingZeroCount(word);
                return from < to ? from : -1;
            }
            from = (from | 63) + 1;
        }
        return -1;
    }

    private Section Load(string file)
    {
        var start = _all.Count;
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream(file)
            ?? throw new InvalidOperationException($"The assembly lacks its data file {file}.");
        using var reader = new StreamReader(resource, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            _hash.AppendData(Encoding.UTF8.GetBytes(line));
            if (!line.StartsWith('#'))
                _all.Add(ClientPattern.Parse(line));
        }
        return new Section(start, _all.Count);
    }

    private List<(string Text, int Number)> Literals()
    {
        var literals = new List<(string, int)>();
        for (var number = 0; number < _all.Count; number++)
        {
            var required = _all[number].Literals();
            if (required is null)
                _always[number >> 6] |= 1UL << (number & 63);
            else
                literals.AddRange(required.Select(text => (text, number)));
        }
        return literals;
    }
}
