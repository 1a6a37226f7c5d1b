namespace StatHub.Core.Privacy;

/// <summary>
/// The salts that make visitors of addresses and user agents, one for each UTC day. A salt is made when it is first asked for, and
/// destroyed some time after its day: from then on nobody can tell whose a visitor's number was.
/// </summary>
public interface IVisitorSalts
{
    /// <summary>The salt of a day, the same until it is destroyed. Belongs to the thread that reads the journal.</summary>
    /// <param name="day">UTC days since 1970.</param>
    /// <returns>16 random bytes.</returns>
    /// <exception cref="IOException">It could not be made durable.</exception>
    ReadOnlySpan<byte> Of(int day);
}
