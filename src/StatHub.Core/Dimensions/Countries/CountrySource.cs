namespace StatHub.Core.Dimensions.Countries;

/// <summary>Where countries come from at the moment; another database may take the place of one at any time. Safe to use from several threads.</summary>
/// <param name="database">The first one; without it hits have no countries.</param>
public sealed class CountrySource(CountryDatabase? database = null)
{
    private volatile CountryDatabase? _database = database;

    /// <summary>The database of this moment; null when there is none.</summary>
    public CountryDatabase? Database
    {
        get => _database;
        set => _database = value;
    }
}
