using System.CommandLine;
using System.Globalization;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;

namespace StatHub.Cli.Commands.Job;

/// <summary><c>stathub job cancel</c>: ends long work early.</summary>
internal sealed class CancelCommand : ApiCommand
{
    private readonly Argument<long> _job = new("job") { Description = "The number of the job." };

    public CancelCommand(Shell shell, Connection connection)
        : base("cancel", "Ends long work early; nothing is left half done.", """
            It needs the admin's token.

            Examples:
              stathub job cancel 3
            """, shell, connection) => Add(_job);

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var number = parsed.GetRequiredValue(_job).ToString(CultureInfo.InvariantCulture);
        await api.DeleteAsync(RestPath.Of("jobs", number), cancellationToken);
        await screen.NoteAsync($"Job {number} is cancelled, unless it had ended.");
        return StatHubCommand.Success;
    }
}
