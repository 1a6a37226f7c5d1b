using System.Diagnostics;
using System.IO.Compression;

namespace StatHub.EndToEnd.Deploy;

/// <summary>What a user of the client's package gets.</summary>
public sealed class PackageTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stathub packages ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_clients_package_has_a_readme_and_the_documentation_of_its_members()
    {
        foreach (var project in (string[])["StatHub.Client", "StatHub.Contracts"])
            await PackAsync(project);

        using var client = Open("StatHub.Client.*.nupkg");
        client.Entries.Select(entry => entry.FullName).Should().Contain(["README.md", "lib/net10.0/StatHub.Client.dll", "lib/net10.0/StatHub.Client.xml"]);
        var specification = Read(client, "StatHub.Client.nuspec");
        specification.Should().Contain("<license type=\"expression\">MIT</license>").And.Contain("<readme>README.md</readme>").And.Contain("id=\"StatHub.Contracts\"");
        Read(client, "lib/net10.0/StatHub.Client.xml").Should().Contain("M:StatHub.Client.StatHubClient.LogAsync");
        using var contracts = Open("StatHub.Contracts.*.nupkg");
        contracts.Entries.Select(entry => entry.FullName).Should().Contain("lib/net10.0/StatHub.Contracts.xml");
    }

    private async Task PackAsync(string project)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Name;
        var start = new ProcessStartInfo("dotnet", ["pack", Path.Combine(Checkout.Folder, "src", project), "--no-build", "-c", configuration, "-o", _folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // The build's own nodes must not stay behind this test.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, await output + await errors);
    }

    private ZipArchive Open(string pattern) => ZipFile.OpenRead(Directory.GetFiles(_folder, pattern).Should().ContainSingle().Subject);

    private static string Read(ZipArchive package, string name)
    {
        using var reader = new StreamReader(package.GetEntry(name)!.Open());
        return reader.ReadToEnd();
    }
}
