namespace StatHub.Core.Dimensions.Countries;

/// <summary>Where an address is, as far as a database says so.</summary>
/// <param name="City">The city's English name in UTF-8; empty when it is not known.</param>
/// <param name="Coordinates">Degrees; null when they are not known.</param>
public sealed record Place(ReadOnlyMemory<byte> City, (double Latitude, double Longitude)? Coordinates)
{
    /// <summary>Reads what a database of cities has of an address: GeoLite2-City and DB-IP (<c>city.names.en</c>, <c>location</c>), or a flat one (<c>city</c>, <c>latitude</c>, <c>longitude</c>).</summary>
    internal static Place Read(MaxMindData data, MaxMindData.Value value)
    {
        var city = data.Member(value, "city"u8);
        var name = data.Text(city);
        if (name.IsEmpty)
            name = data.Text(data.Member(data.Member(city, "names"u8), "en"u8));
        var location = data.Member(value, "location"u8);
        if (location.Kind != MaxMindData.Kind.Map)
            location = value;
        var latitude = data.Real(data.Member(location, "latitude"u8));
        var longitude = data.Real(data.Member(location, "longitude"u8));
        // What is no number is in no range.
        var isPoint = Math.Abs(latitude) <= 90 && Math.Abs(longitude) <= 180;
        return new Place(name.ToArray(), isPoint ? (latitude, longitude) : null);
    }
}
