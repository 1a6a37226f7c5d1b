namespace StatHub.Core.Nginx;

/// <summary>How nginx writes the journal.</summary>
/// <param name="IsBuffered">Lines may wait in nginx's memory until it is signalled or a second has passed.</param>
/// <param name="CanReopen">nginx can be signalled; without that there are no cuts.</param>
public sealed record NginxJournal(bool IsBuffered, bool CanReopen)
{
    /// <summary>How long a line may wait in a buffer; the shipped configuration says <c>flush=1s</c>.</summary>
    public TimeSpan BufferedFor => IsBuffered ? TimeSpan.FromSeconds(1) : TimeSpan.Zero;
}
