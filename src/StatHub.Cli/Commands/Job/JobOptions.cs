using System.CommandLine;
using StatHub.Contracts.Jobs;

namespace StatHub.Cli.Commands.Job;

/// <summary>The options of a job that can be about one tenant and some UTC days only.</summary>
internal sealed class JobOptions
{
    private readonly Option<string?> _tenant = CommonArguments.TenantOption("Only this tenant. Without it all.");
    private readonly Option<DateOnly?> _from = new("--from") { Description = "The first UTC day. Without it from the beginning.", HelpName = "yyyy-mm-dd" };
    private readonly Option<DateOnly?> _to = new("--to") { Description = "The UTC day behind the last. Without it to the end.", HelpName = "yyyy-mm-dd" };

    public void AddTo(Command command)
    {
        command.Add(_tenant);
        command.Add(_from);
        command.Add(_to);
    }

    /// <summary>The job that is asked for.</summary>
    public NewJob JobOf(string kind, ParseResult parsed) => new(kind, parsed.GetValue(_tenant), parsed.GetValue(_from), parsed.GetValue(_to));
}
