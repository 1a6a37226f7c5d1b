using System.CommandLine;
using StatHub.Cli.Rest;

namespace StatHub.Cli.Commands.Hits;

/// <summary>A tenant or one of its keys, and a range of it.</summary>
internal sealed class ScopeOptions(TimeProvider time)
{
    private readonly Argument<string> _tenant = CommonArguments.Tenant();
    private readonly Argument<string?> _key = CommonArguments.Key();
    private readonly Option<bool> _fresh = CommonArguments.Fresh();

    public RangeOptions Range { get; } = new(time);

    public void AddTo(Command command)
    {
        command.Add(_tenant);
        command.Add(_key);
        Range.AddTo(command);
        command.Add(_fresh);
    }

    /// <summary>The path of a question about the scope, without the range.</summary>
    public RestPath Path(ParseResult parsed, string question)
    {
        var tenant = parsed.GetRequiredValue(_tenant);
        var path = parsed.GetValue(_key) is { } key
            ? RestPath.Of("tenants", tenant, "keys", key, question)
            : RestPath.Of("tenants", tenant, question);
        return path.WithFlag("fresh", parsed.GetValue(_fresh));
    }

    /// <summary>The path of a question about the scope and the range.</summary>
    public RestPath PathInRange(ParseResult parsed, string question) => Range.AddTo(Path(parsed, question), parsed);

    /// <summary>What the scope is called on screen.</summary>
    public string Name(ParseResult parsed) => parsed.GetValue(_key) is { } key
        ? $"{parsed.GetValue(_tenant)}/{key}"
        : parsed.GetRequiredValue(_tenant);
}
