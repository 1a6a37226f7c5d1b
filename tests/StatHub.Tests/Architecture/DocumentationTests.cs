using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using StatHub.Core.Journal;
using StatHub.Storage.Sqlite;

namespace StatHub.Tests.Architecture;

public partial class DocumentationTests
{
    private static readonly string[] NotOurs = [".git", "artifacts", "data", "bin", "obj"];

    public static TheoryData<string> Pages => [.. PagesOf(new DirectoryInfo(Root())).Select(page => Path.GetRelativePath(Root(), page))];

    public static TheoryData<RejectReason> Reasons => [.. RejectReasons.All];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_link_leads_to_something_that_is_there(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Root(), page))!;
        var links = Link().Matches(WithoutCode(Read(page))).Select(match => match.Groups["target"].Value)
            .Where(target => !Address().IsMatch(target));

        foreach (var link in links)
        {
            var (path, heading) = link.Split('#') is [var file, var name] ? (file, name) : (link, "");
            var target = path.Length == 0 ? Path.Combine(Root(), page) : Path.GetFullPath(Path.Combine(folder, Uri.UnescapeDataString(path)));
            Path.Exists(target).Should().BeTrue($"{page} links to {link}");
            if (heading.Length > 0)
                Headings(target).Should().Contain(heading, $"{page} links to {link}");
        }
    }

    [Theory]
    [MemberData(nameof(Reasons))]
    public void The_journals_page_has_every_reject_reason_with_its_number(RejectReason reason) =>
        Read("docs/formats/journal.md").Should().Contain(
            string.Create(CultureInfo.InvariantCulture, $"\n| {(int)reason} | `{reason.Name()}` | "));

    [Fact]
    public void The_journals_page_has_no_reject_reason_that_there_is_not() =>
        ReasonRow().Matches(Read("docs/formats/journal.md")).Select(match => match.Groups["name"].Value)
            .Should().Equal(RejectReasons.All.Select(RejectReasons.Name));

    [Fact]
    public void The_databases_page_has_every_table_with_its_columns()
    {
        var rows = TableRow().Matches(Read("docs/formats/rollups.md")).ToDictionary(row => row.Groups["name"].Value, row => row.Groups["columns"].Value);
        var tables = Tables();

        rows.Keys.Should().BeEquivalentTo(tables.Select(table => table.Table).Distinct());
        foreach (var (table, column) in tables)
            rows[table].Should().Contain($"`{column}`", $"{table} has it");
    }

    [Theory]
    [InlineData("ARCHITECTURE.md")]
    [InlineData("docs/security.md")]
    public void A_page_names_only_tests_that_there_are(string page)
    {
        var methods = TestMethods();
        var named = NamedTests(Read(page));

        named.Should().NotBeEmpty();
        foreach (var (type, method) in named)
        {
            methods.Should().ContainKey(type, $"{page} names it");
            if (method.Length > 0)
                methods[type].Should().Contain(method, $"{page} says that it is in {type}");
        }
    }

    [Fact]
    public void Every_decision_is_in_the_list_of_decisions()
    {
        var list = Read("docs/adr/README.md");
        var decisions = Directory.GetFiles(Path.Combine(Root(), "docs", "adr"), "0*.md").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).ToList();

        Link().Matches(list).Select(match => match.Groups["target"].Value).Should().Equal(decisions);
        decisions.Select(name => name[..4]).Should().Equal(
            Enumerable.Range(1, decisions.Count).Select(number => number.ToString("0000", CultureInfo.InvariantCulture)));
    }

    /// <summary>Code spans such as `LedgerTests.Every_line…`; `…Another_test` is of the class that was named before.</summary>
    private static List<(string Type, string Method)> NamedTests(string page)
    {
        var named = new List<(string, string)>();
        var type = "";
        foreach (Match match in NamedTest().Matches(page))
        {
            if (match.Groups["type"].Success)
                type = match.Groups["type"].Value;
            named.Add((type, match.Groups["method"].Value));
        }
        return named;
    }

    private static List<(string Table, string Column)> Tables()
    {
        using var database = new SqliteConnection("Data Source=:memory:");
        database.Open();
        foreach (var script in Schema.Versions)
            Database.Execute(database, script);
        using var command = database.CreateCommand();
        command.CommandText = "SELECT m.name, c.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'";
        using var rows = command.ExecuteReader();
        var tables = new List<(string, string)>();
        while (rows.Read())
            tables.Add((rows.GetString(0), rows.GetString(1)));
        return tables;
    }

    /// <summary>The tests of each class, read from their sources: those of other projects are not loaded here.</summary>
    private static Dictionary<string, HashSet<string>> TestMethods()
    {
        var methods = new Dictionary<string, HashSet<string>>();
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Root(), "tests"), "*.cs", SearchOption.AllDirectories))
        {
            var source = File.ReadAllText(file);
            // A partial class has its methods in several files.
            foreach (Match type in TestType().Matches(source))
            {
                var name = type.Groups["name"].Value;
                methods[name] = [.. methods.GetValueOrDefault(name, []), .. TestMethod().Matches(source).Select(method => method.Groups["name"].Value)];
            }
        }
        return methods;
    }

    private static IEnumerable<string> PagesOf(DirectoryInfo folder) => folder.GetFiles("*.md").Select(file => file.FullName)
        .Concat(folder.GetDirectories().Where(inner => !NotOurs.Contains(inner.Name)).SelectMany(PagesOf));

    /// <summary>Headings as they are addressed: lower case, hyphens for spaces, without punctuation.</summary>
    private static IEnumerable<string> Headings(string page) => Heading().Matches(File.ReadAllText(page))
        .Select(match => Punctuation().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    private static string Read(string page) => File.ReadAllText(Path.Combine(Root(), page));

    private static string WithoutCode(string page) => Code().Replace(page, "");

    private static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../.."));

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\A[a-z][a-z0-9+.-]*:")]
    private static partial Regex Address();

    [GeneratedRegex("(?s)```.*?```|`[^`\n]*`")]
    private static partial Regex Code();

    [GeneratedRegex(@"(?m)^#+ (?<text>.+)$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"(?m)^\| [1-9]\d* \| `(?<name>[a-z_]+)` \|")]
    private static partial Regex ReasonRow();

    [GeneratedRegex(@"(?m)^\| `(?<name>[a-z_]+)` \| [^|]+ \| (?<columns>.+) \|$")]
    private static partial Regex TableRow();

    [GeneratedRegex(@"`(?:(?<type>\w+(?:Tests|Contract))(?:\.(?<method>\w+))?|…(?<method>\w+))`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"\bclass (?<name>\w+(?:Tests|Contract))\b")]
    private static partial Regex TestType();

    [GeneratedRegex(@"public (?:async )?(?:void|Task) (?<name>\w+)\(")]
    private static partial Regex TestMethod();
}
