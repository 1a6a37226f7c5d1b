using StatHub.Server.Countries;
using StatHub.Tests.Dimensions;

namespace StatHub.Tests.Server;

public sealed class CountryFileTests : IDisposable
{
    private static readonly DateTime May = new(2026, 5, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub-countries-").FullName;

    private string Database => Path.Combine(_folder, "countries.mmdb");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_new_file_takes_the_place_of_the_one_before()
    {
        Write(Of("DE"), May);
        var file = new CountryFile(Database);
        CountryOf(file).Should().Be("DE");
        file.Refresh(out _).Should().BeFalse("it is the same");

        Write(Of("AT"), May.AddMonths(1));
        file.Refresh(out var mistake).Should().BeTrue();
        mistake.Should().BeNull();
        CountryOf(file).Should().Be("AT");

        Write([.. Of("CH"), .. new byte[3]], May.AddMonths(1));
        file.Refresh(out _).Should().BeTrue("its length is another");
        CountryOf(file).Should().Be("CH");
    }

    [Fact]
    public void A_new_file_that_is_of_no_use_leaves_the_one_before_and_is_told_once()
    {
        Write(Of("DE"), May);
        var file = new CountryFile(Database);

        Write(Of("AT")[..^200], May.AddDays(1));
        file.Refresh(out var mistake).Should().BeFalse();
        mistake.Should().Contain(Database).And.Contain("no MaxMind DB file");
        file.Refresh(out mistake).Should().BeFalse();
        mistake.Should().BeNull("it was told");
        CountryOf(file).Should().Be("DE");

        File.Delete(Database);
        file.Refresh(out mistake).Should().BeFalse();
        mistake.Should().Be($"There is no file {Database}.");
        CountryOf(file).Should().Be("DE");

        Write(Of("AT"), May.AddDays(2));
        file.Refresh(out _).Should().BeTrue();
        CountryOf(file).Should().Be("AT");
    }

    [Fact]
    public void A_file_of_no_use_is_refused_with_what_is_wrong()
    {
        Mistake("nothing.mmdb", null).Should().StartWith("There is no file ");
        Mistake("nowhere/nothing.mmdb", null).Should().StartWith("There is no file ");
        Mistake("text.mmdb", "ip,country\n"u8.ToArray()).Should().Contain("no MaxMind DB file");
        Mistake("empty.mmdb", []).Should().Contain("no MaxMind DB file");
        Mistake("networks.mmdb", new MaxMindFile { Type = "Test-ASN" }.Bytes()).Should().EndWith("networks.mmdb has no countries: it is a Test-ASN.");
        Mistake(".", null).Should().Contain("cannot be used");
    }

    private string Mistake(string name, byte[]? content)
    {
        var path = Path.Combine(_folder, name);
        if (content is not null)
            File.WriteAllBytes(path, content);
        CountryFile.TryRead(path, out var database, out var mistake).Should().BeFalse();
        database.Should().BeNull();
        return mistake!;
    }

    private void Write(byte[] content, DateTime at)
    {
        File.WriteAllBytes(Database, content);
        File.SetLastWriteTimeUtc(Database, at);
    }

    private static byte[] Of(string code)
    {
        var file = new MaxMindFile();
        return file.Network("203.0.113.0/24", file.Value(MaxMindFile.Map(("country_code", MaxMindFile.Text(code))))).Bytes();
    }

    private static string CountryOf(CountryFile file)
    {
        file.Source.Database!.TryFindText("203.0.113.9"u8, out var code).Should().BeTrue();
        return System.Text.Encoding.ASCII.GetString(code.Span);
    }
}
