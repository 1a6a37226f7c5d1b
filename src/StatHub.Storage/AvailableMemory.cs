namespace StatHub.Storage;

/// <summary>The memory that this process may use: what the runtime takes of its container's limit, else the machine's.</summary>
internal static class AvailableMemory
{
    /// <summary>A part of it in bytes, within bounds.</summary>
    /// <param name="divisor">The part is one of so many.</param>
    /// <param name="least">Bytes that are taken all the same.</param>
    /// <param name="most">Bytes that are enough.</param>
    public static int Part(int divisor, int least, int most) => Part(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, divisor, least, most);

    internal static int Part(long available, int divisor, int least, int most) => (int)Math.Clamp(available / divisor, least, most);
}
