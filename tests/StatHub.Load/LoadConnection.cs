using System.Net;
using System.Net.Sockets;

namespace StatHub.Load;

/// <summary>One connection, opened again whenever the server closed it, and the requests that it owes an answer for.</summary>
internal sealed class LoadConnection(LoadTargets targets, LoadTally tally, TimeProvider time) : IDisposable
{
    private readonly Queue<(int Target, long SentAt)> _inFlight = new();
    private readonly LoadBuffer _unsent = new(4096);
    private readonly LoadBuffer _received = new(16384);

    /// <summary>Null while there is no connection.</summary>
    public Socket? Socket { get; private set; }

    public int InFlight => _inFlight.Count;

    /// <summary>Whether bytes wait for room in the socket.</summary>
    public bool HasUnsent => !_unsent.IsEmpty;

    /// <summary>When the oldest request that waits for an answer was sent.</summary>
    public long OldestSentAt => _inFlight.TryPeek(out var oldest) ? oldest.SentAt : long.MaxValue;

    public bool TryConnect(IPEndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(server);
        }
        catch (SocketException)
        {
            socket.Dispose();
            tally.ConnectFailures++;
            return false;
        }
        socket.Blocking = false;
        Socket = socket;
        tally.ConnectionsOpened++;
        return true;
    }

    /// <summary>Puts one more request on its way; from here on it is answered or unanswered.</summary>
    public void Send(long number)
    {
        var target = targets.Write(number, _unsent);
        _inFlight.Enqueue((target, time.GetTimestamp()));
        tally.Sent++;
    }

    /// <summary>Hands the socket what it takes of the requests.</summary>
    public void Flush()
    {
        if (Socket is null || _unsent.IsEmpty)
            return;
        var sent = Socket.Send(_unsent.Content, SocketFlags.None, out var error);
        if (error == SocketError.Success)
            _unsent.Take(sent);
        else if (error != SocketError.WouldBlock)
            ReadWhatIsLeft();
    }

    /// <summary>Reads what came in and accounts every whole answer.</summary>
    public void Receive()
    {
        if (Socket is null)
            return;
        var count = Socket.Receive(_received.Room(4096), SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return;
        if (error != SocketError.Success || count == 0)
        {
            Close();
            return;
        }
        _received.Fill(count);
        ReadAnswers();
    }

    /// <summary>Gives the connection up: whatever it still owes is unanswered.</summary>
    public void Close()
    {
        foreach (var (target, _) in _inFlight)
            tally.Unanswered(target);
        _inFlight.Clear();
        _unsent.Clear();
        _received.Clear();
        Socket?.Dispose();
        Socket = null;
    }

    public void Dispose() => Close();

    // The server has closed its side, but answers that it sent before may still wait in the socket.
    private void ReadWhatIsLeft()
    {
        int inFlight;
        do
        {
            inFlight = InFlight;
            Receive();
        }
        while (Socket is not null && InFlight < inFlight);
        Close();
    }

    private void ReadAnswers()
    {
        var broken = false;
        while (Socket is not null && HttpAnswer.TryParse(_received.Content, out var answer, out broken))
        {
            _received.Take(answer.Length);
            // An answer that nobody asked for is nginx's 408 before it closes an idle connection.
            var asked = _inFlight.TryDequeue(out var request);
            if (asked)
                tally.Answered(request.Target, answer.Status, time.GetElapsedTime(request.SentAt));
            if (!asked || answer.Closes)
                Close();
        }
        if (broken)
            Close();
    }
}
