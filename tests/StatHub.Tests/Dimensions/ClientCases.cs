using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;

namespace StatHub.Tests.Dimensions;

/// <summary>User agents of the packages that the patterns come from, with what each of them is. See tests/testdata/clients/README.md.</summary>
internal static class ClientCases
{
    public static readonly string[] Files = ["browsers", "systems", "devices", "crawlers", "visitors"];

    public static IReadOnlyList<(string Agent, string Expected)> Read(string file)
    {
        var path = Path.Combine(Folder(), file + ".tsv.gz");
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        var cases = new List<(string, string)>();
        while (reader.ReadLine() is { } line)
        {
            var columns = line.Split('\t');
            cases.Add((columns[0], columns[1]));
        }
        return cases;
    }

    private static string Folder([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "../../testdata/clients"));
}
