using System.Buffers;
using StatHub.Core.Sketches;

namespace StatHub.Tests.Sketches;

public class HyperLogLogAccuracyTests
{
    private const int Trials = 200;
    private const int Million = 1_000_000;

    /// <summary>What the theory promises for 2^14 registers: 1.04 / sqrt(16384).</summary>
    private const double Theory = 0.0081;

    private static readonly int[] Sizes = [10, 100, 1_000, 3_073, 10_000, 100_000, Million];

    private static readonly Lazy<Dictionary<int, List<double>>> Errors = new(Measure);

    public static TheoryData<int> Measured => [.. Sizes, 10 * Million];

    [Theory]
    [MemberData(nameof(Measured))]
    public void The_relative_standard_error_is_at_most_one_percent(int size) =>
        Math.Sqrt(Errors.Value[size].Average(error => error * error)).Should().BeLessThanOrEqualTo(0.01);

    [Theory]
    [MemberData(nameof(Measured))]
    public void Estimates_are_not_too_high_or_too_low_on_average(int size)
    {
        var errors = Errors.Value[size];

        Math.Abs(errors.Average()).Should().BeLessThan(4 * Theory / Math.Sqrt(errors.Count));
    }

    /// <summary>Relative errors by size: always the same, as the hashes are.</summary>
    private static Dictionary<int, List<double>> Measure()
    {
        var errors = Sizes.Append(10 * Million).ToDictionary(size => size, _ => new List<double>());
        var union = new HyperLogLog();
        for (var trial = 1; trial <= Trials; trial++)
        {
            var sketch = new HyperLogLog();
            var added = 0;
            foreach (var size in Sizes)
            {
                for (; added < size; added++)
                    sketch.Add(Hashes.At(((ulong)trial << 32) + (ulong)added));
                errors[size].Add(sketch.Estimate() / (double)size - 1);
            }
            // Ten of them, written and read, are one of ten million.
            var bytes = new ArrayBufferWriter<byte>();
            sketch.Write(bytes);
            union.TryAdd(bytes.WrittenSpan).Should().BeTrue();
            if (trial % 10 != 0)
                continue;
            errors[10 * Million].Add(union.Estimate() / (10.0 * Million) - 1);
            union = new HyperLogLog();
        }
        return errors;
    }
}
