using System.CommandLine;

namespace StatHub.Cli.Commands.Job;

/// <summary>The options of a job that is about some UTC days.</summary>
internal sealed class DayOptions
{
    private readonly Option<DateOnly?> _from = new("--from") { Description = "The first UTC day. Without it from the beginning.", HelpName = "yyyy-mm-dd" };
    private readonly Option<DateOnly?> _to = new("--to") { Description = "The UTC day behind the last. Without it to the end.", HelpName = "yyyy-mm-dd" };

    public void AddTo(Command command)
    {
        command.Add(_from);
        command.Add(_to);
    }

    public DateOnly? From(ParseResult parsed) => parsed.GetValue(_from);

    public DateOnly? To(ParseResult parsed) => parsed.GetValue(_to);
}
