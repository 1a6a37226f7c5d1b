using System.Text;
using StatHub.Core.Dimensions.Countries;

namespace StatHub.Tests.Dimensions;

public class PlaceTests
{
    [Fact]
    public void City_and_coordinates_are_found_in_both_shapes_of_files()
    {
        var file = new MaxMindFile();
        file.Network("203.0.113.0/24", file.Value(Nested("Grenoble", 45.1667, 5.7167)));
        file.Network("2001:db8::/32", file.Value(Flat("Zürich", MaxMindFile.Real(47.375, isShort: true), MaxMindFile.Real(-8.5, isShort: true))));
        var database = CountryDatabase.Open(file.Bytes());

        Find(database, "203.0.113.9").Should().Be("Grenoble 45.1667 5.7167");
        Find(database, "2001:db8::1").Should().Be("Zürich 47.375 -8.5");
        Find(database, "::ffff:203.0.113.9").Should().Be("Grenoble 45.1667 5.7167");
    }

    [Fact]
    public void What_a_file_does_not_say_is_not_there()
    {
        var file = new MaxMindFile();
        file.Network("192.0.2.1/32", file.Value(MaxMindFile.Map(("country_code", MaxMindFile.Text("FR")))));
        file.Network("192.0.2.2/32", file.Value(Flat("Nowhere", MaxMindFile.Real(91), MaxMindFile.Real(0))));
        file.Network("192.0.2.3/32", file.Value(Flat("Nowhere", MaxMindFile.Real(double.NaN), MaxMindFile.Real(0))));
        file.Network("192.0.2.4/32", file.Value(Flat("Nowhere", MaxMindFile.Text("45"), MaxMindFile.Number(5))));
        file.Network("192.0.2.5/32", file.Value(MaxMindFile.Text("Paris")));
        var database = CountryDatabase.Open(file.Bytes());

        Find(database, "192.0.2.1").Should().Be(" none");
        foreach (var address in (string[])["192.0.2.2", "192.0.2.3", "192.0.2.4"])
            Find(database, address).Should().Be("Nowhere none");
        Find(database, "192.0.2.5").Should().Be(" none");
        foreach (var address in (string[])["192.0.2.6", "::1", "localhost", ""])
            Find(database, address).Should().BeNull();
    }

    [Theory]
    [InlineData(42.6, -5.6, "ezs42e44yx96")]
    [InlineData(57.64911, 10.40744, "u4pruydqqvj8")]
    [InlineData(37.8324, 112.5584, "ww8p1r4t8yd0")]
    [InlineData(90, 180, "zzzzzzzzzzzz")]
    [InlineData(-90, -180, "000000000000")]
    [InlineData(0, 0, "s00000000000")]
    public void A_geohash_is_that_of_others(double latitude, double longitude, string geohash) => Geohash.Of(latitude, longitude).Should().Be(geohash);

    [Theory]
    [InlineData(double.NaN, 0)]
    [InlineData(0, 180.1)]
    [InlineData(-91, 0)]
    public void What_is_no_point_has_no_geohash(double latitude, double longitude)
    {
        var of = () => Geohash.Of(latitude, longitude);

        of.Should().Throw<ArgumentOutOfRangeException>();
    }

    /// <summary>What a file of cities such as GeoLite2-City has of an address.</summary>
    internal static byte[] Nested(string city, double latitude, double longitude, string country = "FR") => MaxMindFile.Map(
        ("city", MaxMindFile.Map(("names", MaxMindFile.Map(("de", MaxMindFile.Text("anders")), ("en", MaxMindFile.Text(city)))))),
        ("country", MaxMindFile.Map(("iso_code", MaxMindFile.Text(country)))),
        ("location", MaxMindFile.Map(("accuracy_radius", MaxMindFile.Number(5)), ("latitude", MaxMindFile.Real(latitude)), ("longitude", MaxMindFile.Real(longitude)))));

    private static byte[] Flat(string city, byte[] latitude, byte[] longitude) =>
        MaxMindFile.Map(("city", MaxMindFile.Text(city)), ("country_code", MaxMindFile.Text("CH")), ("latitude", latitude), ("longitude", longitude));

    private static string? Find(CountryDatabase database, string address) => database.TryFindPlace(Encoding.ASCII.GetBytes(address), out var place)
        ? FormattableString.Invariant($"{Encoding.UTF8.GetString(place.City.Span)} {(place.Coordinates is { } at ? FormattableString.Invariant($"{at.Latitude} {at.Longitude}") : "none")}")
        : null;
}
