using System.Runtime.Intrinsics;
using StatHub.Core.Hits;

namespace StatHub.Core.Journal;

/// <summary>
/// The names of the last line's members. Lines of one configuration have the same names in the same order, so comparing with what stood
/// at a place before finds a field sooner than reading its name. Whatever lines say, it takes a few kilobytes.
/// </summary>
internal sealed class LineLayout
{
    private const int MostMembers = 48;
    private static readonly int MostBytes = Vector256<byte>.Count;

    private readonly Place[] _places = new Place[MostMembers];

    /// <summary>A name with its quotes and colon, and which bytes of the vector it takes.</summary>
    private readonly record struct Place(Vector256<byte> Name, Vector256<byte> Taken, int Length, HitField Field);

    /// <summary>The place behind the colon, where the name is the one that stood at this place before; else 0.</summary>
    /// <param name="line">The line.</param>
    /// <param name="start">The quote before the name.</param>
    /// <param name="place">How many members are before it.</param>
    /// <param name="field">The field of that name.</param>
    public int TryFollow(ReadOnlySpan<byte> line, int start, int place, out HitField field)
    {
        field = default;
        // The last name of a line is read each time.
        if (place >= MostMembers || line.Length - start < MostBytes)
            return 0;
        ref readonly var known = ref _places[place];
        field = known.Field;
        var differs = (Vector256.Create(line[start..]) ^ known.Name) & known.Taken;
        return known.Length > 0 && differs == Vector256<byte>.Zero ? start + known.Length : 0;
    }

    /// <summary>Notes a name.</summary>
    /// <param name="name">With its quotes and all up to the colon.</param>
    /// <param name="place">How many members are before it.</param>
    /// <param name="field">The field of that name.</param>
    public void Learn(ReadOnlySpan<byte> name, int place, HitField field)
    {
        if (place >= MostMembers || name.Length > MostBytes)
            return;
        Span<byte> bytes = stackalloc byte[MostBytes];
        Span<byte> taken = stackalloc byte[MostBytes];
        bytes.Clear();
        taken.Clear();
        name.CopyTo(bytes);
        taken[..name.Length].Fill(0xff);
        _places[place] = new Place(Vector256.Create<byte>(bytes), Vector256.Create<byte>(taken), name.Length, field);
    }
}
