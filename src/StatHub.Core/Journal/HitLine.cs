using StatHub.Core.Hits;

namespace StatHub.Core.Journal;

/// <summary>
/// The fields of one journal line, found in one pass and without a copy. An instance is reused for every line; it says
/// where in the line each field is.
/// </summary>
public sealed class HitLine
{
    /// <summary>A line begins so, and escape=json makes sure that nothing within a line looks like it.</summary>
    public static ReadOnlySpan<byte> Beginning => "{\"tenant\":\""u8;

    /// <summary>Where another line begins that is glued to a first one; 0 when there is none.</summary>
    public static int NextBeginning(ReadOnlySpan<byte> line) => line.Length < 2 ? 0 : line[1..].IndexOf(Beginning) + 1;

    private readonly (int Start, int End)[] _known = new (int, int)[HitFields.Count];
    private readonly LineMarks _marks = new();
    private readonly LineLayout _layout = new();
    private Member[] _members = new Member[32];
    private int _count;
    private uint _found;

    /// <summary>A name and its value, as they stand in the line.</summary>
    /// <param name="Field">Which field it is.</param>
    /// <param name="Start">The quote before the name.</param>
    /// <param name="ValueStart">The first byte of the value.</param>
    /// <param name="End">Behind the value.</param>
    public readonly record struct Member(HitField Field, int Start, int ValueStart, int End);

    /// <summary>The line's members in their order; valid until the next line is read.</summary>
    public ReadOnlySpan<Member> Members => _members.AsSpan(0, _count);

    /// <summary>Whether the line has a field.</summary>
    public bool Has(HitField field) => (_found & (1u << (int)field)) != 0;

    /// <summary>A field's text: what is between the quotes of a string (still escaped), or the value itself; empty when absent.</summary>
    public ReadOnlySpan<byte> Text(ReadOnlySpan<byte> line, HitField field) =>
        Has(field) && _known[(int)field] is var (start, end) ? line[start..end] : [];

    /// <summary>
    /// Finds the members of a line; false when it is not one JSON object, or when its tenant or key is no string. A comma
    /// before the brace is forgiven.
    /// </summary>
    public bool TryRead(ReadOnlySpan<byte> line)
    {
        _count = 0;
        _found = 0;
        // nginx escapes every control character, so one in the line means that this is something else.
        if (line.Length < 2 || line[0] != '{' || !_marks.TryFind(line))
            return false;
        var at = JsonScan.SkipSpace(line, 1);
        while (at < line.Length && line[at] == '"')
        {
            at = ReadMember(line, at);
            if (at < 0)
                return false;
            at = JsonScan.SkipSpace(line, at);
            if (at < line.Length && line[at] == '}')
                break;
            if (at >= line.Length || line[at] != ',')
                return false;
            at = JsonScan.SkipSpace(line, at + 1);
        }
        return at < line.Length && line[at] == '}' && JsonScan.SkipSpace(line, at + 1) == line.Length;
    }

    private int ReadMember(ReadOnlySpan<byte> line, int start)
    {
        var behindColon = _layout.TryFollow(line, start, _count, out var field);
        if (behindColon == 0)
            behindColon = ReadName(line, start, out field);
        if (behindColon < 0)
            return -1;
        var valueStart = JsonScan.SkipSpace(line, behindColon);
        var end = JsonScan.Value(line, valueStart, _marks);
        if (end < 0 || (field is HitField.Tenant or HitField.Key && line[valueStart] != '"'))
            return -1;
        if (_count == _members.Length)
            Array.Resize(ref _members, _count * 2);
        _members[_count++] = new Member(field, start, valueStart, end);
        if (!Has(field))
        {
            _found |= 1u << (int)field;
            _known[(int)field] = line[valueStart] == '"' ? (valueStart + 1, end - 1) : (valueStart, end);
        }
        return end;
    }

    /// <summary>The place behind the colon that follows a name, or -1 where there is none.</summary>
    private int ReadName(ReadOnlySpan<byte> line, int start, out HitField field)
    {
        field = default;
        var nameEnd = JsonScan.String(line, start, _marks);
        if (nameEnd < 0)
            return -1;
        var colon = JsonScan.SkipSpace(line, nameEnd);
        if (colon >= line.Length || line[colon] != ':')
            return -1;
        field = HitFields.Find(line[(start + 1)..(nameEnd - 1)]);
        _layout.Learn(line[start..(colon + 1)], _count, field);
        return colon + 1;
    }
}
