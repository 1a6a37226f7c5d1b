using System.Text;

namespace StatHub.Cli.Traffic;

/// <summary>A tenant's pages: key i of every tenant has the same name.</summary>
internal sealed class Site
{
    private static readonly string[] Well = ["home", "pricing", "about", "blog", "docs", "contact", "download", "über-uns", "our team", "app.v2"];
    private static readonly string[] Verbs = ["count", "why", "new", "see", "guide", "notes"];
    private static readonly string[] Nouns = ["views", "visitors", "sales", "logs", "sites", "mail", "data", "maps"];

    public Site(string tenant, int keys, string prefix)
    {
        Tenant = Encoding.ASCII.GetBytes(tenant);
        Origin = new LoggedText($"https://{tenant}.example/");
        Pages = [.. Enumerable.Range(0, keys).Select(i => new Page(KeyName(i), tenant, prefix))];
    }

    public byte[] Tenant { get; }

    /// <summary>What browsers send by default to another host: the page's origin.</summary>
    public LoggedText Origin { get; }

    public Page[] Pages { get; }

    /// <summary>Names of keys: a few short ones first, then slugs, each of them unique.</summary>
    public static string KeyName(int index) => index < Well.Length
        ? Well[index]
        : $"{Verbs[index % Verbs.Length]}-{Nouns[index / Verbs.Length % Nouns.Length]}-{index}";

    /// <summary>One key and the pieces of its lines.</summary>
    internal sealed class Page(string key, string tenant, string prefix)
    {
        public byte[] Key { get; } = NginxText.Json(key);

        public byte[] Path { get; } = Encoding.ASCII.GetBytes($"/{prefix}/{tenant}/{Uri.EscapeDataString(key)}");

        public byte[] Title { get; } = Encoding.ASCII.GetBytes(Uri.EscapeDataString(Titled(key)));

        /// <summary>The address of the page that shows the pixel, where its referrer policy lets it through.</summary>
        public LoggedText Url { get; } = new($"https://{tenant}.example/{Uri.EscapeDataString(key)}");

        private static string Titled(string key) => char.ToUpperInvariant(key[0]) + key[1..].Replace('-', ' ');
    }
}
