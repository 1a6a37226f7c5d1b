using Microsoft.Win32.SafeHandles;
using StatHub.Storage;

namespace StatHub.Crash;

/// <summary>Takes every file descriptor that the limit allows, so that the store meets "too many open files" wherever it opens one.</summary>
internal static class Starved
{
    private const int MostTries = 100;

    public static void Run(StoreOptions options, int free)
    {
        using var store = Store.Open(options, TimeProvider.System);
        Patient.Register(store);
        Console.WriteLine("started");
        var held = TakeAll();
        for (var i = 0; i < free && held.Count > 0; i++)
        {
            held[^1].Dispose();
            held.RemoveAt(held.Count - 1);
        }
        var failed = 0;
        for (var i = 0; i < 3; i++)
            failed += Patient.TryDrain(store) ? 0 : 1;
        foreach (var handle in held)
            handle.Dispose();
        for (var tries = 0; !Patient.TryDrain(store); tries++)
        {
            if (tries == MostTries)
                throw new InvalidOperationException("With enough file descriptors it does not go on either.");
        }
        Console.WriteLine($"drained, {failed} passes did not get to the end before");
    }

    private static List<SafeFileHandle> TakeAll()
    {
        var held = new List<SafeFileHandle>();
        while (true)
        {
            try
            {
                held.Add(File.OpenHandle("/dev/null"));
            }
            catch (IOException)
            {
                return held;
            }
        }
    }
}
