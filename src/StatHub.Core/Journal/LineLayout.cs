using StatHub.Core.Hits;

namespace StatHub.Core.Journal;

/// <summary>
/// The names of the last line's members. Lines of one configuration have the same names in the same order, so comparing with what stood
/// at a place before finds a field sooner than reading its name. Whatever lines say, it takes a few kilobytes.
/// </summary>
internal sealed class LineLayout
{
    private const int MostMembers = 48;
    private const int MostBytes = 48;

    private readonly byte[] _names = new byte[MostMembers * MostBytes];
    private readonly (byte Length, HitField Field)[] _places = new (byte, HitField)[MostMembers];

    /// <summary>The place behind the colon, where the name is the one that stood at this place before; else null.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">The quote before the name.</param>
    /// <param name="place">How many members are before it.</param>
    /// <param name="field">The field of that name.</param>
    public int? TryFollow(ReadOnlySpan<byte> line, int start, int place, out HitField field)
    {
        field = default;
        if (place >= MostMembers)
            return null;
        (var length, field) = _places[place];
        return length > 0 && line[start..].StartsWith(_names.AsSpan(place * MostBytes, length)) ? start + length : null;
    }

    /// <summary>Notes a name.</summary>
    /// <param name="name">With its quotes and all up to the colon.</param>
    /// <param name="place">How many members are before it.</param>
    /// <param name="field">The field of that name.</param>
    public void Learn(ReadOnlySpan<byte> name, int place, HitField field)
    {
        if (place >= MostMembers || name.Length > MostBytes)
            return;
        name.CopyTo(_names.AsSpan(place * MostBytes));
        _places[place] = ((byte)name.Length, field);
    }
}
