using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Alerts;

namespace StatHub.Tests.Alerts;

/// <summary>Something that happens to a window or to who looks at it.</summary>
internal abstract record TrafficStep
{
    /// <summary>An entry comes, so many milliseconds from now.</summary>
    public sealed record Entry(int Offset, bool IsError, int Value, string Client) : TrafficStep;

    /// <summary>The clock goes, or is set.</summary>
    public sealed record Clock(int Milliseconds) : TrafficStep;

    /// <summary>What is known is taken out and put back.</summary>
    public sealed record Restart : TrafficStep;
}

/// <summary>What may happen to a window of ten seconds: entries on time, late, out of order and ahead; a clock that goes, sleeps and is set; restarts.</summary>
internal sealed record TrafficHistory(bool IsBeginning, int Ahead, IReadOnlyList<TrafficStep> Steps)
{
    public static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch.AddSeconds(1_800_000_000).AddMilliseconds(300);

    private static readonly Gen<int> Offsets = Gen.Frequency(
        (10, Gen.Choose(-900, 0)), (4, Gen.Choose(-9_500, 0)), (2, Gen.Choose(-14_000, -8_500)), (2, Gen.Choose(0, 2_500)), (1, Gen.Choose(-1_000_000, 1_000_000)));

    private static readonly Gen<int> Clocks = Gen.Frequency(
        (12, Gen.Choose(0, 1_500)), (3, Gen.Choose(1_000, 11_000)), (1, Gen.Choose(-900, 0)), (1, Gen.Choose(-12_000, 0)), (1, Gen.Choose(12_000, 40_000)),
        (1, Gen.Elements(-3_600_000, 3_600_000, -86_400_000, 86_400_000)));

    private static readonly Gen<TrafficStep> OneStep = Gen.Frequency(
        (12, from offset in Offsets
             from isError in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
             from value in Gen.Choose(-3, 9)
             from client in Gen.Elements("a", "a", "b", "é", "")
             select (TrafficStep)new TrafficStep.Entry(offset, isError, value, client)),
        (7, Clocks.Select(milliseconds => (TrafficStep)new TrafficStep.Clock(milliseconds))),
        (1, Gen.Constant((TrafficStep)new TrafficStep.Restart())));

    public static readonly Arbitrary<TrafficHistory> Any =
        (from isBeginning in Gen.Elements(true, false)
         from ahead in Gen.Elements(0, 0, 2)
         from steps in OneStep.ArrayOf().Resize(150)
         select new TrafficHistory(isBeginning, ahead, steps)).ToArbitrary();

    public TrafficWindowSettings Settings => new()
    {
        Window = TimeSpan.FromSeconds(10),
        Ahead = TimeSpan.FromSeconds(Ahead),
        LongestPause = TimeSpan.FromSeconds(12),
        MostClients = 100,
    };

    public TrafficWindow Window() => new(Settings, Start, IsBeginning ? null : Start);

    public TrafficModel Model() => new(Settings, Start, IsBeginning);
}
