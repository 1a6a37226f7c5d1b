using System.Buffers;

namespace StatHub.Core.Journal;

/// <summary>
/// A buffer that grows in rented arrays: a batch's lines are megabytes that live for a second, and as garbage they would
/// cost more than their compression.
/// </summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int FirstBytes = 1024;

    // With thousands of tenants most have less than this. Beyond it the upper bound is soon there, and each step copies what is there already.
    private const int SmallBytes = 8192;
    private const int QuickBytes = 512 * 1024;

    private byte[] _bytes = BatchArrays<byte>.Rent(FirstBytes);

    /// <summary>How many bytes are written.</summary>
    public int Length { get; private set; }

    /// <summary>What is written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(Length);
    }

    public void Dispose()
    {
        BatchArrays<byte>.Return(_bytes);
        _bytes = [];
        Length = 0;
    }

    private void Reserve(int more)
    {
        if (_bytes.Length - Length >= Math.Max(1, more))
            return;
        var larger = BatchArrays<byte>.Rent(Math.Max(_bytes.Length is >= SmallBytes and < QuickBytes ? _bytes.Length * 4 : _bytes.Length * 2, Length + more));
        Written.Span.CopyTo(larger);
        BatchArrays<byte>.Return(_bytes);
        _bytes = larger;
    }
}
