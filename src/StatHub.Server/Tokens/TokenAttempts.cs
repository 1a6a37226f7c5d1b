using System.Buffers.Binary;
using System.Net;
using Microsoft.Extensions.Options;
using StatHub.Server.Http;

namespace StatHub.Server.Tokens;

/// <summary>
/// Slows whoever tries tokens. An address that brought too many wrong ones waits until another one of its attempts is looked at. Who came from there with the same
/// valid token lately does not wait: behind an address that many share one wrong client keeps nobody out who was in.
/// </summary>
internal sealed class TokenAttempts
{
    private const int Places = 64 * 1024;

    private static readonly TimeSpan Lately = TimeSpan.FromHours(24);

    private readonly TimeProvider _time;
    private readonly AddressNetworks _exempt;
    private readonly Buckets? _wrong;
    private readonly InstantTable _known = new(Places);

    public TokenAttempts(IOptions<LimitOptions> options, TimeProvider time)
    {
        _time = time;
        _exempt = AddressNetworks.Parse(options.Value.Exempt);
        if (options.Value.WrongTokensPerMinute is > 0 and var most)
            _wrong = new Buckets(time, TimeSpan.FromMinutes(1) / most, most);
    }

    /// <summary>How long the address waits until a token of it is looked at; zero when it need not.</summary>
    /// <param name="address">Who asks.</param>
    /// <param name="hash">The token's hash; empty for what cannot be a token.</param>
    public TimeSpan Wait(IPAddress? address, ReadOnlySpan<byte> hash)
    {
        if (_wrong is null || IsExempt(address))
            return TimeSpan.Zero;
        var client = ClientAddress.Number(address!);
        var wait = _wrong.Wait(client);
        return wait > TimeSpan.Zero && !(hash.Length > 0 && _known.Read(Pair(client, hash)) > Now) ? wait : TimeSpan.Zero;
    }

    /// <summary>The address brought a wrong token.</summary>
    public void NoteWrong(IPAddress? address)
    {
        if (_wrong is not null && !IsExempt(address))
            _wrong.Add(ClientAddress.Number(address!));
    }

    /// <summary>The address brought a valid token.</summary>
    public void NoteValid(IPAddress? address, ReadOnlySpan<byte> hash)
    {
        if (_wrong is not null && !IsExempt(address))
            _known.Write(Pair(ClientAddress.Number(address!), hash), Now + Lately.Ticks);
    }

    private long Now => _time.GetUtcNow().UtcTicks;

    // Half of a SHA-256 is as hard to hit as all of it, for whoever is not in yet.
    private static UInt128 Pair(UInt128 client, ReadOnlySpan<byte> hash) => client ^ BinaryPrimitives.ReadUInt128BigEndian(hash);

    /// <summary>Without an address it is a unix socket, which only this machine has.</summary>
    private bool IsExempt(IPAddress? address) => address is null || _exempt.Contains(address);
}
