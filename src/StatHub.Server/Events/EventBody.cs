using System.Buffers;

namespace StatHub.Server.Events;

/// <summary>The body of a request, whole and in borrowed memory.</summary>
internal sealed class EventBody : IDisposable
{
    /// <summary>The longest body.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(4096);
    private int _length;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    /// <summary>Reads a body.</summary>
    /// <exception cref="BadHttpRequestException">It is too long (413), or it does not come whole.</exception>
    public static async Task<EventBody> ReadAsync(HttpContext http)
    {
        if (http.Request.ContentLength > MaxBytes)
            throw TooLong();
        var body = new EventBody();
        try
        {
            while (await body.ReadMoreAsync(http))
            {
            }
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private async Task<bool> ReadMoreAsync(HttpContext http)
    {
        var read = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
        if (_length + read.Buffer.Length > MaxBytes)
            throw TooLong();
        Reserve(_length + (int)read.Buffer.Length);
        read.Buffer.CopyTo(_bytes.AsSpan(_length));
        _length += (int)read.Buffer.Length;
        http.Request.BodyReader.AdvanceTo(read.Buffer.End);
        return !read.IsCompleted;
    }

    private void Reserve(int length)
    {
        if (length <= _bytes.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, Math.Min(2 * _bytes.Length, MaxBytes)));
        Bytes.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }

    private static BadHttpRequestException TooLong() => new("A body of events has at most 8 MiB.", StatusCodes.Status413PayloadTooLarge);
}
