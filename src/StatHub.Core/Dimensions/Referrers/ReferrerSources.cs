using System.Reflection;
using System.Text;
using StatHub.Core.Text;

namespace StatHub.Core.Dimensions.Referrers;

/// <summary>Who stands behind a host, by the list <c>Data/sources.tsv</c>.</summary>
internal static class ReferrerSources
{
    private static readonly Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> Names = Load();

    /// <summary>
    /// The name behind a normalised host or behind one above it, the lowest first; null when nobody is known. In the list
    /// <c>google.*</c> is <c>google.com</c>, <c>google.de</c>, <c>google.co.uk</c>.
    /// </summary>
    public static byte[]? Find(ReadOnlySpan<byte> host)
    {
        Span<byte> everyCountry = stackalloc byte[HostName.MaxBytes + 2];
        while (!host.IsEmpty)
        {
            if (Names.TryGetValue(host, out var name))
                return name;
            var stem = WithoutCountry(host);
            stem.CopyTo(everyCountry);
            ".*"u8.CopyTo(everyCountry[stem.Length..]);
            if (!stem.IsEmpty && Names.TryGetValue(everyCountry[..(stem.Length + 2)], out name))
                return name;
            var dot = host.IndexOf((byte)'.');
            host = dot < 0 ? [] : host[(dot + 1)..];
        }
        return null;
    }

    /// <summary>What stands before <c>.com</c>, <c>.de</c>, <c>.co.uk</c> or <c>.com.br</c>; empty when nothing does.</summary>
    private static ReadOnlySpan<byte> WithoutCountry(ReadOnlySpan<byte> host)
    {
        var last = host.LastIndexOf((byte)'.');
        if (last < 0)
            return [];
        var stem = host[..last];
        var second = stem.LastIndexOf((byte)'.');
        return host.Length - last == 3 && second >= 0 && (stem[(second + 1)..].SequenceEqual("co"u8) || stem[(second + 1)..].SequenceEqual("com"u8))
            ? stem[..second]
            : stem;
    }

    private static Dictionary<byte[], byte[]>.AlternateLookup<ReadOnlySpan<byte>> Load()
    {
        var names = new Dictionary<byte[], byte[]>(BytesComparer.Instance);
        using var resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("sources")
            ?? throw new InvalidOperationException("The assembly lacks its data file sources.");
        using var reader = new StreamReader(resource, Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
                continue;
            var columns = line.Split('\t');
            var name = Encoding.UTF8.GetBytes(columns[0]);
            foreach (var host in columns[1].Split(' '))
                names.Add(Encoding.ASCII.GetBytes(host), name);
        }
        return names.GetAlternateLookup<ReadOnlySpan<byte>>();
    }
}
