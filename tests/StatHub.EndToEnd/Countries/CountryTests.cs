using System.Globalization;
using System.Text.Json;
using StatHub.EndToEnd.Service;
using StatHub.Tests.Dimensions;

namespace StatHub.EndToEnd.Countries;

/// <summary>Countries and spam of referrers as the configuration has them, in the real service.</summary>
public sealed class CountryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stathub countries ").FullName;

    private string Database => Path.Combine(_folder, "countries.mmdb");

    private string SpamList => Path.Combine(_folder, "spam.txt");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_new_file_of_countries_is_used_without_a_restart_and_a_bad_one_is_not()
    {
        await File.WriteAllBytesAsync(Database, Of("DE"));
        await File.WriteAllTextAsync(SpamList, "# a list\nspam.example\n");
        var data = Path.Combine(_folder, "data");
        Directory.CreateDirectory(Path.Combine(data, "journal"));
        await using var api = await ApiServer.StartAsync(
            data,
            ("StatHub__Nginx__Layout", "files"), ("StatHub__Nginx__Reopen", "none"),
            ("StatHub__Countries__Database", Database), ("StatHub__Referrers__SpamList", SpamList));

        Append(data, "203.0.113.9", "https://buy.spam.example/");
        Append(data, "198.51.100.9", "https://blog.example/");
        (await TopAsync(api, "country")).Should().Equal(("DE", 1));
        (await TopAsync(api, "referrer")).Should().Equal(("blog.example", 1));
        (await api.HitsAsync("demo")).Should().Be(2);

        await ReplaceAsync("no database"u8.ToArray());
        await api.WaitAsync(() => Task.FromResult(api.Output.Contains("the new one is of no use", StringComparison.Ordinal)), "a word on the bad file");
        Append(data, "203.0.113.9");
        (await TopAsync(api, "country")).Should().Equal(("DE", 2));

        await ReplaceAsync(Of("AT"));
        await api.WaitAsync(() => Task.FromResult(api.Output.Split($"Countries come from {Database}, Test-Country of 2023-11-14").Length == 3), "the new file");
        Append(data, "203.0.113.9");
        (await TopAsync(api, "country")).Should().Equal(("DE", 2), ("AT", 1));
        var raw = await api.JsonAsync("/api/v1/tenants/demo/keys/home/hits");
        raw.EnumerateArray().Select(hit => (hit.GetProperty("remote_addr").GetString(), Country(hit)))
            .Should().Equal(("203.0.113.0", "DE"), ("198.51.100.0", null), ("203.0.113.0", "DE"), ("203.0.113.0", "AT"));
    }

    [Fact]
    public async Task All_mistakes_of_the_configuration_are_told_at_once()
    {
        await File.WriteAllTextAsync(SpamList, "spam.example\nhttp://spam.example/\n");

        var start = () => ApiServer.StartAsync(
            Path.Combine(_folder, "data"),
            ("StatHub__Prefix", "api"), ("StatHub__Privacy__Addresses", "some"), ("StatHub__Health__MaxLag", "00:00:00"),
            ("StatHub__Nginx__Layout", "files"), ("StatHub__Nginx__Reopen", "none"),
            ("StatHub__Countries__Database", Database), ("StatHub__Referrers__SpamList", SpamList));

        var said = (await start.Should().ThrowAsync<InvalidOperationException>()).Which.Message;
        said.Should().Contain("StatHub:Prefix").And.Contain("StatHub:Privacy:Addresses").And.Contain("StatHub:Health:MaxLag")
            .And.Contain("StatHub:Countries:Database: There is no file").And.Contain("line 2: 'http://spam.example/'").And.NotContain("   at ");
    }

    private static string? Country(JsonElement hit) => hit.TryGetProperty("country", out var country) ? country.GetString() : null;

    private static async Task<List<(string?, long)>> TopAsync(ApiServer api, string dimension)
    {
        var top = await api.JsonAsync($"/api/v1/tenants/demo/top/{dimension}?fresh=true");
        return [.. top.GetProperty("values").EnumerateArray().Select(value => (value.GetProperty("name").GetString(), value.GetProperty("hits").GetInt64()))];
    }

    private static void Append(string data, string address, string referrer = "")
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000m;
        File.AppendAllText(
            Path.Combine(data, "journal", "hits.log"),
            string.Create(CultureInfo.InvariantCulture, $$"""{"tenant":"demo","key":"home","msec":{{now:0.000}},"status":200,"args":"r={{referrer}}","remote_addr":"{{address}}"}""") + "\n");
    }

    /// <summary>As a download should: written beside it, then renamed.</summary>
    private async Task ReplaceAsync(byte[] content)
    {
        await File.WriteAllBytesAsync(Database + ".new", content);
        File.Move(Database + ".new", Database, overwrite: true);
    }

    private static byte[] Of(string code)
    {
        var file = new MaxMindFile();
        return file.Network("203.0.113.0/24", file.Value(MaxMindFile.Map(("country", MaxMindFile.Map(("iso_code", MaxMindFile.Text(code))))))).Bytes();
    }
}
