using System.Net;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Dimensions.Countries;

namespace StatHub.Tests.Dimensions;

public class CountryDatabaseTests
{
    private static readonly string[] Asked = ["203.0.113.1", "198.51.100.7", "2001:db8::1", "255.255.255.255"];

    private static byte[] Country(string code) => MaxMindFile.Map(("country", MaxMindFile.Map(("iso_code", MaxMindFile.Text(code)))));

    private static MaxMindFile File(int recordBits = 24, int ipVersion = 6)
    {
        var file = new MaxMindFile(recordBits, ipVersion);
        file.Network("203.0.113.0/24", file.Value(Country("DE"))).Network("198.51.100.7/32", file.Value(Country("US")));
        return ipVersion == 4 ? file : file.Network("2001:db8::/32", file.Value(Country("FR")));
    }

    private static string Find(CountryDatabase database, string address) =>
        database.TryFindText(Encoding.ASCII.GetBytes(address), out var code) ? Encoding.ASCII.GetString(code.Span) : "";

    [Theory]
    [InlineData(24)]
    [InlineData(28)]
    [InlineData(32)]
    public void Addresses_of_a_network_are_in_its_country(int recordBits)
    {
        var database = CountryDatabase.Open(File(recordBits).Bytes());

        Find(database, "203.0.113.0").Should().Be("DE");
        Find(database, "203.0.113.255").Should().Be("DE");
        Find(database, "203.0.114.0").Should().BeEmpty();
        Find(database, "198.51.100.7").Should().Be("US");
        Find(database, "198.51.100.6").Should().BeEmpty();
        Find(database, "2001:db8::1").Should().Be("FR");
        Find(database, "2001:db9::1").Should().BeEmpty();
        Find(database, "::ffff:203.0.113.9").Should().Be("DE");
        database.Type.Should().Be("Test-Country");
        database.BuiltAt.ToUnixTimeSeconds().Should().Be(1_700_000_000);
    }

    [Theory]
    [InlineData(24)]
    [InlineData(28)]
    [InlineData(32)]
    public void A_file_of_networks_or_cities_alone_has_no_countries(int recordBits)
    {
        var file = new MaxMindFile(recordBits);
        file.Network("192.0.2.0/24", file.Value(MaxMindFile.Map(("autonomous_system_number", MaxMindFile.Number(64496)))));
        file.Network("198.51.100.0/24", file.Value(MaxMindFile.Map(("country_code", MaxMindFile.Text("Nowhere")))));

        CountryDatabase.Open(file.Bytes()).HasCountries().Should().BeFalse();
        CountryDatabase.Open(new MaxMindFile(recordBits).Bytes()).HasCountries().Should().BeFalse();
        CountryDatabase.Open(File(recordBits).Bytes()).HasCountries().Should().BeTrue();
    }

    [Fact]
    public void A_file_of_ipv4_knows_no_ipv6()
    {
        var database = CountryDatabase.Open(File(ipVersion: 4).Bytes());

        Find(database, "203.0.113.1").Should().Be("DE");
        Find(database, "2001:db8::1").Should().BeEmpty();
    }

    [Fact]
    public void The_code_is_found_under_each_of_its_names()
    {
        var file = new MaxMindFile();
        file.Network("192.0.2.1/32", file.Value(MaxMindFile.Map(("country_code", MaxMindFile.Text("at")))));
        file.Network("192.0.2.2/32", file.Value(MaxMindFile.Map(("registered_country", MaxMindFile.Map(("iso_code", MaxMindFile.Text("CH")))))));
        file.Network("192.0.2.3/32", file.Value(MaxMindFile.Map(("city", MaxMindFile.Map(("names", MaxMindFile.Map(("en", MaxMindFile.Text("Oslo")))))), ("country_code", MaxMindFile.Text("NO")))));
        file.Network("192.0.2.4/32", file.Value(MaxMindFile.Map(("country_code", MaxMindFile.Text("None")))));
        var database = CountryDatabase.Open(file.Bytes());

        Find(database, "192.0.2.1").Should().Be("AT");
        Find(database, "192.0.2.2").Should().Be("CH");
        Find(database, "192.0.2.3").Should().Be("NO");
        Find(database, "192.0.2.4").Should().BeEmpty();
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 3_000)]
    [InlineData(4, 3_000)]
    public void Pointers_lead_to_values_that_stand_elsewhere(int size, int before)
    {
        var file = new MaxMindFile();
        file.Value(new byte[before]);
        var code = file.Value(MaxMindFile.Map(("iso_code", MaxMindFile.Text("JP"))));
        file.Network("192.0.2.0/24", file.Value(MaxMindFile.Map(("country", MaxMindFile.Pointer(code, size)))));

        Find(CountryDatabase.Open(file.Bytes()), "192.0.2.1").Should().Be("JP");
    }

    [Fact]
    public void A_value_that_points_to_itself_is_no_country()
    {
        var file = new MaxMindFile();
        file.Value(MaxMindFile.Pointer(0));
        var loop = file.Value(MaxMindFile.Map(("country", MaxMindFile.Pointer(2))));
        file.Network("192.0.2.1/32", 0).Network("192.0.2.2/32", loop);
        var database = CountryDatabase.Open(file.Bytes());

        Find(database, "192.0.2.1").Should().BeEmpty();
        Find(database, "192.0.2.2").Should().BeEmpty();
    }

    [Theory]
    [InlineData("")]
    [InlineData("unix:")]
    [InlineData("203.0.113")]
    [InlineData("203.0.113.256")]
    [InlineData("not an address")]
    public void What_is_no_address_is_in_no_country(string address) => Find(CountryDatabase.Open(File().Bytes()), address).Should().BeEmpty();

    [Fact]
    public void A_file_that_is_none_is_refused_with_what_is_wrong()
    {
        Opening([]).Should().Throw<InvalidDataException>().WithMessage("*no metadata*");
        Opening(new byte[100_000]).Should().Throw<InvalidDataException>().WithMessage("*no metadata*");
        Opening(new MaxMindFile { Format = 3 }.Bytes()).Should().Throw<InvalidDataException>().WithMessage("*format 3*");
        Opening(new MaxMindFile(recordBits: 20).Bytes()).Should().Throw<InvalidDataException>().WithMessage("*20 bits*");
        Opening(new MaxMindFile(ipVersion: 5).Bytes()).Should().Throw<InvalidDataException>().WithMessage("*IPv5*");
        Opening(new MaxMindFile { NodeCount = 1_000_000 }.Bytes()).Should().Throw<InvalidDataException>().WithMessage("*too short*");
        Opening(new MaxMindFile { NodeCount = 0 }.Bytes()).Should().Throw<InvalidDataException>();
    }

    [Fact]
    public void A_broken_file_is_refused_or_answers_without_a_crash()
    {
        var whole = File(28).Bytes();
        var broken =
            from seed in Gen.Choose(0, int.MaxValue - 1)
            from edits in Gen.Choose(1, 30)
            from cut in Gen.Choose(0, whole.Length)
            from isCut in Gen.Choose(0, 2)
            select Break(whole, seed, edits, isCut == 0 ? cut : 0);

        Prop.ForAll(broken.ToArbitrary(), file =>
        {
            try
            {
                var database = CountryDatabase.Open(file);
                _ = database.HasCountries();
                return Asked.All(address => Find(database, address).Length is 0 or 2
                    && (!database.TryFindPlace(Encoding.ASCII.GetBytes(address), out var place) || place.Coordinates is null or { Latitude: >= -90 and <= 90, Longitude: >= -180 and <= 180 }));
            }
            catch (InvalidDataException)
            {
                return true;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000));
    }

    [Fact]
    public void Addresses_are_read_as_the_framework_reads_them()
    {
        var address = Gen.OneOf(
            from bytes in Gen.ArrayOf(Gen.Choose(0, 255), 4)
            select new IPAddress(Array.ConvertAll(bytes, b => (byte)b)),
            from bytes in Gen.ArrayOf(Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(0, 255))), 16)
            select new IPAddress(Array.ConvertAll(bytes, b => (byte)b)));

        Prop.ForAll(address.ToArbitrary(), expected =>
        {
            Span<byte> read = stackalloc byte[AddressBytes.MaxBytes];
            return AddressBytes.TryParse(Encoding.ASCII.GetBytes(expected.ToString()), read, out var length)
                && read[..length].SequenceEqual(expected.GetAddressBytes());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    [Theory]
    [InlineData("::", true)]
    [InlineData("::1", true)]
    [InlineData("1::", true)]
    [InlineData("1:2:3:4:5:6:7:8", true)]
    [InlineData("1:2:3:4:5:6:7:8:9", false)]
    [InlineData("1:2:3:4:5:6:7", false)]
    [InlineData("1:::2", false)]
    [InlineData(":1:2:3:4:5:6:7", false)]
    [InlineData("1:2:3:4:5:6:7:", false)]
    [InlineData("1::2::3", false)]
    [InlineData("12345::", false)]
    [InlineData("g::", false)]
    [InlineData("1:2:3:4:5:6:7::8", false)]
    [InlineData("::1.2.3", false)]
    [InlineData("1.2.3.4.5", false)]
    [InlineData("1..2.3", false)]
    [InlineData("1.2.3.", false)]
    public void What_is_no_address_is_not_read(string text, bool isAddress) =>
        AddressBytes.TryParse(Encoding.ASCII.GetBytes(text), new byte[AddressBytes.MaxBytes], out _).Should().Be(isAddress);

    private static Func<CountryDatabase> Opening(byte[] file) => () => CountryDatabase.Open(file);

    private static byte[] Break(byte[] whole, int seed, int edits, int cut)
    {
        var random = new Random(seed);
        var bytes = whole[cut..].ToArray();
        for (var i = 0; i < edits && bytes.Length > 0; i++)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }
}
