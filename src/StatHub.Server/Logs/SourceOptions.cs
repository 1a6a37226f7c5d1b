using Microsoft.Extensions.Options;
using StatHub.Core.Logs;
using StatHub.Core.Tenants;
using StatHub.Storage.Logs;
using StatHub.Storage.Logs.Following;

namespace StatHub.Server.Logs;

/// <summary>Section <c>StatHub:Logs</c>: logs that the service follows.</summary>
internal sealed class SourceOptions
{
    public const string Section = "StatHub:Logs";

    public List<SourceSetting> Sources { get; set; } = [];

    /// <summary>The sources; only of options that are valid.</summary>
    public IEnumerable<LogSource> Followed => Sources.Select(source =>
    {
        _ = LogFormat.TryParse(source.Format, out var format, out _);
        KeyRule? key = null;
        _ = source.Key is null || KeyRule.TryParse(source.Key, out key, out _);
        return new LogSource(Path.GetFullPath(source.Path!), TenantId.Parse(source.Tenant!), new LogRequest(format, key))
        {
            Others = [.. Sources.Where(other => other != source).Select(other => Path.GetFullPath(other.Path!))],
        };
    });
}

/// <summary>A log that is followed.</summary>
internal sealed class SourceSetting
{
    /// <summary>Where it is. It need not be there yet.</summary>
    public string? Path { get; set; }

    /// <summary>Whose hits its lines are.</summary>
    public string? Tenant { get; set; }

    /// <summary>As that of an import.</summary>
    public string Format { get; set; } = LogFormat.Auto;

    /// <summary>As that of an import.</summary>
    public string? Key { get; set; }
}

internal sealed class SourceOptionsValidator : IValidateOptions<SourceOptions>
{
    public ValidateOptionsResult Validate(string? name, SourceOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        for (var place = 0; place < options.Sources.Count; place++)
        {
            var (source, at) = (options.Sources[place], $"{SourceOptions.Section}:Sources:{place}");
            if (!Path.IsPathFullyQualified(source.Path ?? "") || Path.EndsInDirectorySeparator(source.Path!))
                result.AddError($"{at}:Path is the absolute path of a log.");
            else if (options.Sources.Take(place).Any(other => Path.IsPathFullyQualified(other.Path ?? "") && Path.GetFullPath(other.Path!) == Path.GetFullPath(source.Path!)))
                result.AddError($"{at}:Path is that of another source.");
            if (!TenantId.TryParse(source.Tenant, out _))
                result.AddError($"{at}:Tenant is 1 to 32 characters of a-z and 0-9.");
            if (!LogFormat.TryParse(source.Format, out var format, out var error))
                result.AddError($"{at}:Format: {error}");
            if (source.Key is null)
                continue;
            if (format?.HasOwnKeys == true)
                result.AddError($"{at}:Key: lines of {format.Name} count for their own keys.");
            if (!KeyRule.TryParse(source.Key, out _, out error))
                result.AddError($"{at}:Key: {error}");
        }
        return result.Build();
    }
}
