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
    public RestPath Path(ParseResult parsed, string question) =>
        RestPath.OfScope(parsed.GetRequiredValue(_tenant), parsed.GetValue(_key), question).WithFlag("fresh", parsed.GetValue(_fresh));

    /// <summary>The path of a question about the scope and the range.</summary>
    public RestPath PathInRange(ParseResult parsed, string question) => Range.AddTo(Path(parsed, question), parsed);

    /// <summary>What the scope is called on screen.</summary>
    public string Name(ParseResult parsed) => parsed.GetValue(_key) is { } key
        ? $"{parsed.GetValue(_tenant)}/{key}"
        : parsed.GetRequiredValue(_tenant);
}
