namespace StatHub.Cli.Output;

/// <summary>A terminal that people look at.</summary>
/// <param name="Width">Its columns.</param>
/// <param name="HasColor">Whether it may be sent colours.</param>
internal sealed record Terminal(int Width, bool HasColor)
{
    public const int UsualWidth = 80;

    /// <summary>Columns of help that no terminal shows.</summary>
    public const int HelpWidth = 120;
}
