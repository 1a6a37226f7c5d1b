using System.Runtime.InteropServices;

namespace StatHub.EndToEnd.Docker;

/// <summary>
/// Images under the names that Dockerfile and compose file use, made from this machine's distribution and .NET: the tests
/// need a package mirror and no image registry. The distribution's part is kept in artifacts/ for the next run.
/// </summary>
internal static class StandInImages
{
    private const string Packages = "nginx,ca-certificates,tzdata,curl";

    // Whom this machine trusts. The distribution has a file of that name, and an archive must not have two.
    private const string Trust = "/etc/ssl/certs/ca-certificates.crt";
    private const string TrustInImage = "/etc/ssl/build-machine.crt";

    private static readonly string[] LeftOut =
        ["./var/lib/apt/lists/*", "./var/cache/apt/*", "./var/log/*", "./usr/share/doc", "./usr/share/locale", "./dev/*"];

    // /usr/share/dotnet or wherever this test's own runtime is: three levels above shared/Microsoft.NETCore.App/10.0.x.
    private static readonly string Dotnet =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")).TrimEnd('/');

    public static async Task MakeAsync(DockerEngine engine)
    {
        var root = await DistributionAsync(engine.Folder);
        await ImportAsync(engine, "nginx:1.28", root, []);
        await ImportAsync(engine, "mcr.microsoft.com/dotnet/aspnet:10.0", root, ["dotnet", "host", "shared"]);
        await ImportAsync(engine, "mcr.microsoft.com/dotnet/sdk:10.0", root, ["."]);
    }

    private static async Task<string> DistributionAsync(string temporary)
    {
        var release = (await File.ReadAllLinesAsync("/etc/os-release")).First(line => line.StartsWith("VERSION_CODENAME=", StringComparison.Ordinal));
        var codename = release.Split('=')[1].Trim('"');
        var archive = Path.Combine(Checkout.Folder, "artifacts", "docker-images", codename + ".tar");
        if (File.Exists(archive))
            return archive;
        var root = Path.Combine(temporary, "root");
        var debootstrap = new Command(
            "unshare", "--mount", "--propagation", "private", "debootstrap", "--variant=minbase", "--include=" + Packages, codename, root);
        debootstrap.Environment["PATH"] += ":/usr/local/sbin:/usr/sbin:/sbin";
        await debootstrap.RunAsync();
        Directory.CreateDirectory(Path.GetDirectoryName(archive)!);
        await new Command("tar", ["-C", root, "-cf", archive + ".new", .. LeftOut.Select(path => "--exclude=" + path), "."]).RunAsync();
        // Renamed when it is whole: a run that was ended half-way leaves nothing that the next one would take.
        File.Move(archive + ".new", archive, overwrite: true);
        Directory.Delete(root, recursive: true);
        return archive;
    }

    private static async Task ImportAsync(DockerEngine engine, string image, string distribution, string[] dotnetFolders)
    {
        var buildsHere = dotnetFolders is ["."];
        var files = dotnetFolders.Select(folder => Path.GetFullPath(Path.Combine(Dotnet, folder)))
            .Concat(buildsHere ? BuildFiles() : [])
            .ToArray();
        var archive = Path.Combine(engine.Folder, "image.tar");
        File.Copy(distribution, archive, overwrite: true);
        if (files.Length > 0)
            await new Command("tar", ["-rf", archive, "--absolute-names", "--exclude=FSharp", "--exclude=TestHostNetFramework",
                 "--transform", $"flags=r;s,^{Trust}$,{TrustInImage},;s,^/,,", .. files]).RunAsync();
        await using (var tar = File.OpenRead(archive))
        {
            await engine.ImportAsync(image, tar, $"ENV {string.Join(' ', Variables(buildsHere))}");
        }
        File.Delete(archive);
    }

    private static IEnumerable<string> Variables(bool buildsHere)
    {
        yield return $"PATH={Dotnet}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        yield return "DOTNET_NOLOGO=1";
        yield return "DOTNET_CLI_TELEMETRY_OPTOUT=1";
        yield return "DOTNET_GENERATE_ASPNET_CERTIFICATE=false";
        // The distribution's part has no ICU, whose package has another name in every release.
        yield return "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1";
        if (buildsHere && File.Exists(Trust))
            yield return $"SSL_CERT_FILE={TrustInImage}";
    }

    // What a restore needs to come through as it does on this machine: whom it trusts, and where packages come from.
    private static IEnumerable<string> BuildFiles()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return new[] { Trust, Path.Combine(home, ".nuget", "NuGet", "NuGet.Config") }.Where(File.Exists);
    }
}
