using StatHub.Core.Hits;
using StatHub.Core.Logs;
using StatHub.Core.Sketches;

namespace StatHub.Core.Monitor;

/// <summary>What lines of a log said, in bounded memory. Not for several threads.</summary>
public sealed class TrafficStats
{
    private const int MostNames = 1000;

    // There are more clients than anything else.
    private const int MostClients = 50_000;

    // A tally takes no larger value.
    private const long LargestSize = 1_000_000_000_000;

    private readonly long[] _malformed = new long[LogReasons.Count];
    private readonly long[] _statuses = new long[1000];

    // The status class is the first byte of the name.
    private readonly HeavyHitters _sectionClasses = new(StatusClasses.Count * MostNames);

    /// <summary>Lines that were read.</summary>
    public long Hits { get; private set; }

    /// <summary>Lines that were not, blank ones aside.</summary>
    public long Malformed { get; private set; }

    /// <summary>How many bytes the answers had.</summary>
    public long Bytes { get; private set; }

    /// <summary>Paths up to their second slash; their values are bytes.</summary>
    public HeavyHitters Sections { get; } = new(MostNames);

    /// <summary>Who asked; the values are bytes.</summary>
    public HeavyHitters Clients { get; } = new(MostClients);

    /// <summary>What they asked with; the values are bytes.</summary>
    public HeavyHitters UserAgents { get; } = new(MostNames);

    /// <summary>Methods; the values are bytes.</summary>
    public HeavyHitters Methods { get; } = new(MostNames);

    /// <summary>How large answers were.</summary>
    public SizeHistogram Sizes { get; } = new();

    /// <summary>Adds a line that was read.</summary>
    public void Add(in LogEntry entry)
    {
        Hits++;
        Bytes += entry.Bytes;
        _statuses[entry.Status]++;
        Sizes.Add(entry.Bytes);
        var tally = new Tally(1, 0, new ValueSum(Math.Min(entry.Bytes, LargestSize) * (Int128)HitValue.One));
        Add(Clients, entry.Client, tally);
        Add(UserAgents, entry.UserAgent, tally);
        Add(Methods, entry.Method, tally);
        Span<byte> section = stackalloc byte[HeavyHitters.MostNameBytes];
        section[0] = (byte)StatusClasses.Of(entry.Status);
        var name = Cut(entry.Section, HeavyHitters.MostNameBytes - 1);
        name.CopyTo(section[1..]);
        Sections.Add(name, tally);
        _sectionClasses.Add(section[..(name.Length + 1)], tally);
    }

    /// <summary>Adds a line that could not be read.</summary>
    public void Add(LogReason reason)
    {
        if (!reason.IsRefused())
            return;
        Malformed++;
        _malformed[(int)reason]++;
    }

    /// <summary>Adds all of another one.</summary>
    public void Add(TrafficStats other)
    {
        ArgumentNullException.ThrowIfNull(other);
        Hits += other.Hits;
        Malformed += other.Malformed;
        Bytes += other.Bytes;
        for (var i = 0; i < _statuses.Length; i++)
            _statuses[i] += other._statuses[i];
        for (var i = 0; i < _malformed.Length; i++)
            _malformed[i] += other._malformed[i];
        Sections.Add(other.Sections);
        Clients.Add(other.Clients);
        UserAgents.Add(other.UserAgents);
        Methods.Add(other.Methods);
        _sectionClasses.Add(other._sectionClasses);
        Sizes.Add(other.Sizes);
    }

    /// <summary>Lines of each reason that there were.</summary>
    public IEnumerable<(LogReason Reason, long Lines)> MalformedByReason =>
        Enumerable.Range(0, _malformed.Length).Where(reason => _malformed[reason] > 0).Select(reason => ((LogReason)reason, _malformed[reason]));

    /// <summary>Hits of each status that there were; 0 is none.</summary>
    public IEnumerable<(int Status, long Hits)> Statuses => Enumerable.Range(0, _statuses.Length).Where(status => _statuses[status] > 0).Select(status => (status, _statuses[status]));

    /// <summary>Hits of each class of status.</summary>
    public StatusClasses Classes
    {
        get
        {
            var classes = default(StatusClasses);
            foreach (var (status, hits) in Statuses)
                classes[StatusClasses.Of(status)] += hits;
            return classes;
        }
    }

    /// <summary>Hits of each class of status of a section.</summary>
    /// <param name="section">As it is listed.</param>
    public StatusClasses ClassesOf(ReadOnlySpan<byte> section)
    {
        Span<byte> name = stackalloc byte[HeavyHitters.MostNameBytes];
        section = Cut(section, HeavyHitters.MostNameBytes - 1);
        section.CopyTo(name[1..]);
        var classes = default(StatusClasses);
        for (var i = 0; i < StatusClasses.Count; i++)
        {
            name[0] = (byte)i;
            if (_sectionClasses.TryGet(name[..(section.Length + 1)], out var hitter))
                classes[i] = hitter.Sums.Hits;
        }
        return classes;
    }

    private static void Add(HeavyHitters list, ReadOnlySpan<byte> name, Tally tally) => list.Add(Cut(name, HeavyHitters.MostNameBytes), tally);

    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> name, int most) => name[..Math.Min(name.Length, most)];
}
