using System.Diagnostics.CodeAnalysis;
using StatHub.Core.Logs.Ringserver;

namespace StatHub.Core.Logs;

/// <summary>What a line of a log says, as spans of it and of its parser's buffers: valid until the parser reads the next line. What a log writes as <c>-</c> is empty.</summary>
[SuppressMessage("Design", "CA1051", Justification = "Spans cannot be captured by properties that a parser fills through out parameters.")]
public ref struct LogEntry
{
    /// <summary>When the server wrote it.</summary>
    public long UnixMilliseconds;

    /// <summary>Who asked: an address, or a name where the server looked it up.</summary>
    public ReadOnlySpan<byte> Client;

    /// <summary>Which host was asked, without its port.</summary>
    public ReadOnlySpan<byte> Host;

    /// <summary>Who had signed in.</summary>
    public ReadOnlySpan<byte> User;

    /// <summary>The request line as it came; what is no request line, such as the first bytes of a TLS handshake, has no method, target and protocol.</summary>
    public ReadOnlySpan<byte> Request;

    public ReadOnlySpan<byte> Method;

    /// <summary>What was asked for: the path with its query.</summary>
    public ReadOnlySpan<byte> Target;

    public ReadOnlySpan<byte> Protocol;

    public ReadOnlySpan<byte> Referrer;

    public ReadOnlySpan<byte> UserAgent;

    /// <summary>The status; 0 where there was no answer.</summary>
    public int Status;

    /// <summary>How many bytes the answer had.</summary>
    public long Bytes;

    /// <summary>What ringserver says of a stream; empty in access logs.</summary>
    public StreamTransfer Transfer;

    /// <summary>The whole line, where it is a journal line already; else empty.</summary>
    public ReadOnlySpan<byte> Hit;

    /// <summary>Whose hit such a line is.</summary>
    public ReadOnlySpan<byte> HitTenant;

    /// <summary>The path without its query; that of <c>http://host/path</c> too.</summary>
    public readonly ReadOnlySpan<byte> Path
    {
        get
        {
            var path = Target;
            if (path.Length > 0 && path[0] != '/' && path.IndexOf("://"u8) is > 0 and var scheme)
            {
                path = path[(scheme + 3)..];
                path = path.IndexOf((byte)'/') is >= 0 and var slash ? path[slash..] : "/"u8;
            }
            var end = path.IndexOfAny((byte)'?', (byte)'#');
            return end < 0 ? path : path[..end];
        }
    }

    /// <summary>What is behind the question mark.</summary>
    public readonly ReadOnlySpan<byte> Query => Target.IndexOf((byte)'?') is >= 0 and var question ? Target[(question + 1)..] : [];

    /// <summary>The path up to its second slash: <c>/pages</c> of <c>/pages/create?x=1</c>, and <c>/</c> of <c>/</c>.</summary>
    public readonly ReadOnlySpan<byte> Section
    {
        get
        {
            var path = Path;
            var second = path.Length > 1 ? path[1..].IndexOf((byte)'/') : -1;
            return second < 0 ? path : path[..(second + 1)];
        }
    }
}
