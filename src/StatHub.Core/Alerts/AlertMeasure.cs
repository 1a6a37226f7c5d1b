using StatHub.Core.Hits;

namespace StatHub.Core.Alerts;

/// <summary>What a window has, as a rule sees it.</summary>
/// <param name="Hits">All of them, or those of one client.</param>
/// <param name="Errors">How many were answered with a status of 5xx.</param>
/// <param name="Value">The exact sum of their values.</param>
public readonly record struct AlertMeasure(long Hits, long Errors, ValueSum Value)
{
    public static AlertMeasure operator +(AlertMeasure left, AlertMeasure right) =>
        new(left.Hits + right.Hits, left.Errors + right.Errors, left.Value + right.Value);

    public static AlertMeasure operator -(AlertMeasure left, AlertMeasure right) =>
        new(left.Hits - right.Hits, left.Errors - right.Errors, new ValueSum(left.Value.Millionths - right.Value.Millionths));

    /// <summary>Adds two.</summary>
    public static AlertMeasure Add(AlertMeasure left, AlertMeasure right) => left + right;

    /// <summary>Takes one from another.</summary>
    public static AlertMeasure Subtract(AlertMeasure left, AlertMeasure right) => left - right;

    /// <summary>The share of hits that are errors, rounded to millionths; 0 without hits.</summary>
    public ValueSum ErrorRate => Hits == 0 ? ValueSum.Zero : new ValueSum((Errors * (Int128)HitValue.One + Hits / 2) / Hits);

    /// <summary>The number that is told of it: the share for the rate of errors, the sum for values, else hits.</summary>
    public ValueSum Told(AlertMetric metric) => metric switch
    {
        AlertMetric.ErrorRate => ErrorRate,
        AlertMetric.Value => Value,
        _ => new ValueSum((Int128)Hits * HitValue.One),
    };
}
