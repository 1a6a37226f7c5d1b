namespace StatHub.Core.Hits;

/// <summary>A reader whose hits may be stored so that they can go out without being compressed again.</summary>
public interface IDeflatedHitReader : IRawHitReader
{
    /// <summary>
    /// Takes the next hits as they are stored, where all of a stored piece is wanted and nothing comes between; else false, and
    /// <see cref="IRawHitReader.Read"/> has the next hits. <see cref="IRawHitReader.Position"/> says nothing any more then.
    /// </summary>
    bool TryTakeDeflated(out DeflatedHits hits);
}

/// <summary>Stored lines as deflate data (RFC 1951) without a last block, which ends at a whole byte: pieces can be joined.</summary>
/// <param name="Data">The deflate data; to be read before anything else of its reader.</param>
/// <param name="Crc32">The checksum of the lines.</param>
/// <param name="Length">The length of the lines, in bytes.</param>
public readonly record struct DeflatedHits(Stream Data, uint Crc32, long Length);
