namespace StatHub.Core.Dimensions;

/// <summary>Which dimension, of the client's own by what follows <c>d.</c>.</summary>
/// <param name="Dimension">The dimension.</param>
/// <param name="Own">The name of an own one, else empty.</param>
public readonly record struct DimensionName(Dimension Dimension, string Own = "")
{
    /// <summary>The name in the API.</summary>
    public override string ToString() => Dimension.Name() + Own;

    /// <summary>Finds a dimension by its name in the API.</summary>
    public static bool TryParse(string? text, out DimensionName name)
    {
        var found = DimensionNames.TryParse(text, out var dimension, out var own);
        name = new DimensionName(dimension, own);
        return found;
    }
}
