using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace StatHub.Core.Stats;

/// <summary>Collects what a report says, in whatever order, and checks it. The first thing that is wrong is kept as the error.</summary>
public sealed class StatUpdateBuilder
{
    /// <summary>The value of a dim that is the sum of all others.</summary>
    public const string Total = "total";

    private readonly Dictionary<string, string> _dims = [];
    private readonly Dictionary<string, long> _counters = [];
    private readonly Dictionary<string, long> _increments = [];
    private readonly Dictionary<string, long> _gauges = [];
    private readonly Dictionary<string, string> _member = [];
    private readonly Dictionary<string, IReadOnlyList<string>> _members = [];

    /// <summary>What is wrong; null when nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>A name that comes again counts as it came last, in every field.</summary>
    public void Dim(string name, string value) => _dims[name] = value;

    public void Counter(string name, long value) => _counters[Name("counters", name)] = value;

    public void Increment(string name, long value) => _increments[Name("increments", name)] = value;

    public void Gauge(string name, long value) => _gauges[Name("gauges", name)] = value;

    public void Member(string name, string member) => _member[Name("members", name)] = Member("members", name, member);

    public void Members(string name, IReadOnlyList<string> members)
    {
        foreach (var member in members)
            Member("multiMembers", name, member);
        _members[Name("multiMembers", name)] = members;
    }

    /// <summary>Notes what is wrong.</summary>
    public void Refuse(string error) => Error ??= error;

    /// <summary>The update of an id; false when something is wrong.</summary>
    public bool TryBuild(string id, [NotNullWhen(true)] out StatUpdate? update)
    {
        if (Problem(id, StatLimits.IdBytes) is { } problem)
            Refuse($"The id {problem}.");
        var dims = Dims();
        if (_counters.Count + _increments.Count + _gauges.Count + _member.Count + _members.Count > StatLimits.Stats)
            Refuse(Text($"counters, increments, gauges, members and multiMembers have over {StatLimits.Stats} names together."));
        if (_member.Count + _members.Values.Sum(members => members.Count) > StatLimits.Members)
            Refuse(Text($"members and multiMembers have over {StatLimits.Members} members together."));
        update = Error is null ? new StatUpdate(id, dims, Counters(), _gauges, Sets()) : null;
        return update is not null;
    }

    private List<StatDim> Dims()
    {
        var dims = new List<StatDim>();
        if (_dims.Count > StatLimits.Dims)
        {
            Refuse(Text($"dims has over {StatLimits.Dims} names."));
            return dims;
        }
        foreach (var (name, value) in _dims)
        {
            var dim = new StatDim(Lower(Name("dims", name)), Lower(value));
            if (value.Length > 0 && Problem(value, StatLimits.IdBytes) is { } problem)
                Refuse($"The value of dims.{Shown(name)} {problem}.");
            if (dim.Value == Total)
                Refuse($"The value of dims.{Shown(name)} is 'total', which is reserved.");
            if (dims.Exists(other => other.Name == dim.Name))
                Refuse($"dims has '{Shown(dim.Name)}' twice, in different spellings.");
            dims.Add(dim);
        }
        return dims;
    }

    private Dictionary<string, CounterChange> Counters()
    {
        var changes = new Dictionary<string, CounterChange>(_counters.Count + _increments.Count);
        foreach (var (name, value) in _counters)
            changes[name] = new CounterChange(value, 0);
        foreach (var (name, increment) in _increments)
            changes[name] = changes.GetValueOrDefault(name) with { Add = increment };
        return changes;
    }

    private Dictionary<string, IReadOnlySet<string>> Sets()
    {
        var sets = new Dictionary<string, IReadOnlySet<string>>();
        foreach (var (name, members) in _members.Where(members => members.Value.Count > 0))
            sets[name] = members.ToHashSet();
        foreach (var (name, member) in _member)
            sets[name] = sets.TryGetValue(name, out var others) ? others.Append(member).ToHashSet() : new HashSet<string> { member };
        return sets;
    }

    /// <summary>The form in which names and values of dims are written and asked for.</summary>
    public static string Lower(string text) => text.ToLowerInvariant();

    private string Name(string field, string name)
    {
        if (Problem(name, StatLimits.NameBytes) is { } problem)
            Refuse($"A name in {field} {problem}.");
        return name;
    }

    private string Member(string field, string name, string member)
    {
        if (Encoding.UTF8.GetByteCount(member) > StatLimits.MemberBytes)
            Refuse(Text($"A member of {field}.{Shown(name)} has over {StatLimits.MemberBytes} bytes."));
        return member;
    }

    private static string? Problem(string text, int most) =>
        text.Length == 0 ? "is empty"
        : Encoding.UTF8.GetByteCount(text) > most ? Text($"has over {most} bytes")
        : HasControl(text) ? "has a control character"
        : null;

    private static bool HasControl(string text)
    {
        foreach (var character in text)
        {
            if (char.IsControl(character))
                return true;
        }
        return false;
    }

    private static string Shown(string name) => name.Length <= 40 ? name : name[..40] + "…";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
