using System.Text;

namespace StatHub.Cli.Rest;

/// <summary>A path below <c>/api/v1</c> and its query, each part percent-encoded once.</summary>
internal sealed class RestPath
{
    private readonly StringBuilder _text = new("api/v1");
    private bool _hasQuery;

    private RestPath()
    {
    }

    public static RestPath Of(params IEnumerable<string> parts)
    {
        var path = new RestPath();
        foreach (var part in parts)
            path._text.Append('/').Append(Uri.EscapeDataString(part));
        return path;
    }

    /// <summary>The path of a question about a tenant, or about one of its keys.</summary>
    public static RestPath OfScope(string tenant, string? key, params IEnumerable<string> question) =>
        Of(["tenants", tenant, .. key is null ? Enumerable.Empty<string>() : ["keys", key], .. question]);

    /// <summary>Adds an argument; none when there is no value.</summary>
    public RestPath With(string name, string? value)
    {
        if (value is null)
            return this;
        _text.Append(_hasQuery ? '&' : '?').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        _hasQuery = true;
        return this;
    }

    public RestPath With(string name, long? value) => With(name, value?.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Adds an argument that is true or absent.</summary>
    public RestPath WithFlag(string name, bool value) => With(name, value ? "true" : null);

    public override string ToString() => _text.ToString();
}
