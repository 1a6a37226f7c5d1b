namespace StatHub.Cli.Traffic;

/// <summary>One generated hit; a single object is filled again for every line.</summary>
internal sealed class TrafficHit
{
    public Site Site { get; set; } = null!;

    public Site.Page Page { get; set; } = null!;

    public Visitor Visitor { get; set; } = null!;

    public LoggedText Referrer { get; set; } = null!;

    /// <summary>The query, without its question mark; escaped already.</summary>
    public byte[] Arguments { get; set; } = new byte[1024];

    public int ArgumentsLength { get; set; }

    public ReadOnlySpan<byte> Query => Arguments.AsSpan(0, ArgumentsLength);

    public bool IsBeacon { get; set; }

    public int Status { get; set; }

    public long Connection { get; set; }

    public int ConnectionRequests { get; set; }

    public void AddArgument(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (ArgumentsLength > 0)
            AddText("&"u8);
        AddText(name);
        AddText("="u8);
        AddText(value);
    }

    private void AddText(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Arguments.AsSpan(ArgumentsLength));
        ArgumentsLength += text.Length;
    }
}
