using System.Runtime.CompilerServices;

namespace StatHub.Core.Monitor;

/// <summary>Hits of each class of status: 1xx to 5xx, and first those that are of none.</summary>
[InlineArray(Count)]
public struct StatusClasses
{
    /// <summary>How many there are.</summary>
    public const int Count = 6;

    private long _first;

    /// <summary>The class of a status: its first digit, or 0 where that is none of 1 to 5.</summary>
    public static int Of(int status) => status is >= 100 and < 600 ? status / 100 : 0;
}
