using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace StatHub.Tests.Architecture;

public partial class ProjectMapTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["StatHub.Core"] = [],
        ["StatHub.Contracts"] = [],
        ["StatHub.Storage"] = ["StatHub.Core"],
        ["StatHub.Server"] = ["StatHub.Core", "StatHub.Contracts", "StatHub.Storage"],
        ["StatHub.Client"] = ["StatHub.Contracts"],
        ["StatHub.Cli"] = ["StatHub.Core", "StatHub.Contracts", "StatHub.Client", "StatHub.Storage"],
    };

    /// <summary>What all features may use: how requests are read and answered.</summary>
    private static readonly string[] Shared = ["Http"];

    public static TheoryData<string> Projects => [.. Directory.GetDirectories(Path.Combine(Root(), "src")).Select(folder => Path.GetFileName(folder))];

    public static TheoryData<string> Features => [.. FeatureNames()];

    private static string Server => Path.Combine(Root(), "src", "StatHub.Server");

    private static string[] FeatureNames() =>
        [.. Directory.GetDirectories(Server).Select(folder => Path.GetFileName(folder)).Where(name => !Shared.Contains(name) && name is not ("bin" or "obj"))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_only_to_what_lies_below_it(string project)
    {
        var references = Load(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));

        Allowed.Should().ContainKey(project, "design.md names the projects");
        references.Should().BeSubsetOf(Allowed[project]);
    }

    [Theory]
    [InlineData("StatHub.Core")]
    [InlineData("StatHub.Contracts")]
    public void The_domain_and_the_contracts_need_no_package(string project) =>
        Load(project).Descendants("PackageReference").Should().BeEmpty();

    [Fact]
    public void Only_the_storage_calls_the_system()
    {
        var callers = Directory.GetDirectories(Path.Combine(Root(), "src")).Where(folder => Path.GetFileName(folder) != "StatHub.Storage")
            .SelectMany(Sources).Where(file => PlatformCall().IsMatch(File.ReadAllText(file)));

        callers.Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(Features))]
    public void A_feature_of_the_server_names_no_other(string feature)
    {
        var others = FeatureNames().Where(other => other != feature).ToList();
        var name = new Regex($@"\bStatHub\.Server\.({string.Join('|', others)})\b|^using (static )?({string.Join('|', others)})\b|(?<![.\w])({string.Join('|', others)})\.[A-Z]", RegexOptions.Multiline);

        foreach (var file in Sources(Path.Combine(Server, feature)))
            name.Matches(Code(file)).Cast<Match>().Select(match => match.Value).Should().BeEmpty($"{Path.GetFileName(file)} is of the feature {feature}");
    }

    [Fact]
    public void What_features_share_names_no_feature()
    {
        var features = string.Join('|', FeatureNames());

        foreach (var file in Sources(Path.Combine(Server, "Http")))
            Regex.Matches(Code(file), $@"\bStatHub\.Server\.({features})\b").Should().BeEmpty($"{Path.GetFileName(file)} is shared");
    }

    private static XDocument Load(string project) => XDocument.Load(Path.Combine(Root(), "src", project, project + ".csproj"));

    private static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories);

    // Strings and comments may say what they like.
    private static string Code(string file) => Noise().Replace(File.ReadAllText(file), "");

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));

    [GeneratedRegex(@"\[(DllImport|LibraryImport)\b")]
    private static partial Regex PlatformCall();

    [GeneratedRegex("""("(\\.|[^"\\])*")|(//[^\n]*)""")]
    private static partial Regex Noise();
}
