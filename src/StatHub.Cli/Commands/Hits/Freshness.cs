using StatHub.Cli.Output;

namespace StatHub.Cli.Commands.Hits;

/// <summary>What to say when an answer that should be fresh is not.</summary>
internal static class Freshness
{
    public static Task NoteAsync(Screen screen, bool? fresh) => fresh is false
        ? screen.NoteAsync("Not everything that was written is in the answer: the service is still reading. --fresh waits 10 seconds.")
        : Task.CompletedTask;
}
