using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace StatHub.Core.Journal;

/// <summary>
/// Arrays that batches are collected in. Large ones are kept here and few of them: the shared pool keeps one of each size for every thread that gave one back, and a batch goes through many
/// threads. Safe to call from several threads.
/// </summary>
/// <typeparam name="T">What is in them.</typeparam>
internal static class BatchArrays<T>
{
    private const int LargeBytes = 64 * 1024;
    private const int KeptBytesOfSize = 64 * 1024 * 1024;

    // One batch is read while another is committed.
    private const int LeastKept = 2;

    // By the power of two that is their length.
    private static readonly ArrayPool<T>[] Pools = [.. Enumerable.Range(0, 31).Select(power => Pool(1L << power))];

    /// <summary>An array of at least so many items.</summary>
    public static T[] Rent(int length) => Pools[BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, length)))].Rent(length);

    /// <summary>Gives an array back, without anything that it refers to.</summary>
    public static void Return(T[] array) =>
        Pools[BitOperations.Log2((uint)array.Length)].Return(array, clearArray: RuntimeHelpers.IsReferenceOrContainsReferences<T>());

    private static ArrayPool<T> Pool(long length)
    {
        var bytes = length * Unsafe.SizeOf<T>();
        return bytes < LargeBytes ? ArrayPool<T>.Shared : ArrayPool<T>.Create((int)length, (int)Math.Max(LeastKept, KeptBytesOfSize / bytes));
    }
}
