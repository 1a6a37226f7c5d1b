using System.Globalization;
using System.Text;

namespace StatHub.Client.Hits;

/// <summary>The address of a question.</summary>
internal sealed class QueryPath
{
    private readonly StringBuilder _path = new();
    private char _next = '?';

    private QueryPath(string path) => _path.Append(path);

    public static QueryPath Of(string tenant, HitQuery query, string question)
    {
        var key = query.Key is null ? "" : $"keys/{Uri.EscapeDataString(query.Key)}/";
        return new QueryPath($"api/v1/tenants/{tenant}/{key}{question}")
            .With("from", Text(query.From)).With("to", Text(query.To)).With("tz", query.TimeZone).With("fresh", query.Fresh ? "true" : null);
    }

    public QueryPath With(string name, string? value)
    {
        if (value is not null)
        {
            _path.Append(_next).Append(name).Append('=').Append(Uri.EscapeDataString(value));
            _next = '&';
        }
        return this;
    }

    public QueryPath With(string name, int? value) => With(name, value?.ToString(CultureInfo.InvariantCulture));

    public override string ToString() => _path.ToString();

    private static string? Text(DateTimeOffset? instant) => instant?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
