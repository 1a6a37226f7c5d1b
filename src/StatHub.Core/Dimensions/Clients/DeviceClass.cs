using StatHub.Core.Text;

namespace StatHub.Core.Dimensions.Clients;

/// <summary>Classes of devices. The list is closed; numbers are stored and never change their meaning.</summary>
public enum DeviceClass : byte
{
    /// <summary>None of the others, or it does not say.</summary>
    Other = 0,
    Desktop = 1,

    /// <summary>Telephones and players of their size.</summary>
    Mobile = 2,

    /// <summary>Tablets and readers of books.</summary>
    Tablet = 3,
    Tv = 4,

    /// <summary>Consoles for games.</summary>
    Console = 5,

    /// <summary>Watches, glasses, headsets.</summary>
    Wearable = 6,

    /// <summary>A program without a person before it.</summary>
    Bot = 7,
}

/// <summary>The names of device classes in the API and in files.</summary>
public static class DeviceClasses
{
    private static readonly ClosedNames<DeviceClass> Names = new("other", "desktop", "mobile", "tablet", "tv", "console", "wearable", "bot");

    /// <summary>The name of a class.</summary>
    public static string Name(this DeviceClass device) => Names.Of(device);

    /// <summary>The bytes of its name.</summary>
    public static ReadOnlyMemory<byte> Text(this DeviceClass device) => Names.TextOf(device);

    /// <summary>Finds a class by its name.</summary>
    public static bool TryParse(string? name, out DeviceClass device) => Names.TryParse(name, out device);
}
