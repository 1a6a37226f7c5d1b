using System.Buffers.Text;
using System.Numerics;
using System.Text;

namespace StatHub.Load;

/// <summary>
/// The rendered requests of a plan: one GET and one POST per tenant and key, and the headers of each visitor that end
/// them, made once, sent many times.
/// </summary>
internal sealed class LoadTargets
{
    private const string NumberMark = "{n}";
    private const string NumberDigits = "0000000000";

    private readonly Request[] _gets;
    private readonly Request[] _posts;
    private readonly byte[][] _visitors;
    private readonly ulong _seed;
    private readonly int _postPercent;

    public LoadTargets(LoadPlan plan)
    {
        _seed = (ulong)plan.Seed;
        _postPercent = plan.PostPercent;
        Names = [.. plan.Tenants.SelectMany(tenant => plan.Keys.Select(key => (tenant, key)))];
        _gets = Render("GET", "");
        _visitors = [.. plan.Visitors.Select(visitor => Encoding.UTF8.GetBytes(
            string.Concat(visitor.Split('\t', StringSplitOptions.RemoveEmptyEntries).Select(header => header + "\r\n")) + "\r\n"))];
        _posts = plan.PostPercent == 0 ? [] : Render("POST", "Content-Length: 0\r\n");

        Request[] Render(string method, string lastHeader)
        {
            var headers = string.Concat(plan.Headers.Select(header => header + "\r\n"));
            return [.. Names.Select(name => Request.Parse(
                $"{method} {PathOf(plan.Path, name)} HTTP/1.1\r\nHost: {plan.Server}\r\n{headers}{lastHeader}"))];
        }
    }

    /// <summary>Tenant and key of each target number.</summary>
    public (string Tenant, string Key)[] Names { get; }

    /// <summary>Picks the target of a request and puts its bytes behind what the buffer holds.</summary>
    public int Write(long number, LoadBuffer buffer)
    {
        var random = Mix(_seed, (ulong)number);
        var target = (int)Math.BigMul(random, (ulong)Names.Length, out var rest);
        var post = Math.BigMul(rest, 100UL, out rest) < (ulong)_postPercent;
        var request = (post ? _posts : _gets)[target];
        var bytes = buffer.Append(request.Bytes);
        if (request.NumberAt >= 0)
            Utf8Formatter.TryFormat(number, bytes[request.NumberAt..], out _, new('D', (byte)NumberDigits.Length));
        buffer.Append(_visitors[(int)Math.BigMul(rest, (ulong)_visitors.Length, out _)]);
        return target;
    }

    private static string PathOf(string template, (string Tenant, string Key) name) => template
        .Replace("{tenant}", Uri.EscapeDataString(name.Tenant), StringComparison.Ordinal)
        .Replace("{key}", Uri.EscapeDataString(name.Key), StringComparison.Ordinal);

    // SplitMix64: request n has the same target in every run, whichever thread sends it.
    private static ulong Mix(ulong seed, ulong number)
    {
        var z = BitOperations.RotateLeft(seed, 32) + ((number + 1) * 0x9e3779b97f4a7c15);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>The bytes of a request and where its number goes; -1 where it has none.</summary>
    private readonly record struct Request(byte[] Bytes, int NumberAt)
    {
        public static Request Parse(string text)
        {
            var at = text.IndexOf(NumberMark, StringComparison.Ordinal);
            if (at >= 0)
                text = text.Remove(at, NumberMark.Length).Insert(at, NumberDigits);
            var bytesBefore = at < 0 ? -1 : Encoding.UTF8.GetByteCount(text.AsSpan(0, at));
            return new Request(Encoding.UTF8.GetBytes(text), bytesBefore);
        }
    }
}
