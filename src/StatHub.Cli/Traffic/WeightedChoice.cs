namespace StatHub.Cli.Traffic;

/// <summary>Draws indexes by weight in constant time (Walker's alias method, 1977).</summary>
internal sealed class WeightedChoice
{
    private readonly double[] _stay;
    private readonly int[] _alias;

    public WeightedChoice(IReadOnlyList<double> weights)
    {
        var count = weights.Count;
        var mean = weights.Sum() / count;
        _stay = [.. weights.Select(weight => weight / mean)];
        _alias = [.. Enumerable.Range(0, count)];
        var small = new Stack<int>(Enumerable.Range(0, count).Where(i => _stay[i] < 1));
        var large = new Stack<int>(Enumerable.Range(0, count).Where(i => _stay[i] >= 1));
        while (small.Count > 0 && large.Count > 0)
        {
            var (poor, rich) = (small.Pop(), large.Pop());
            _alias[poor] = rich;
            _stay[rich] -= 1 - _stay[poor];
            (_stay[rich] < 1 ? small : large).Push(rich);
        }
    }

    /// <summary>Weights 1, 1/2, 1/3, …: few are popular, many are rare.</summary>
    public static WeightedChoice Zipf(int count) => new([.. Enumerable.Range(1, count).Select(rank => 1.0 / rank)]);

    public int Next(TrafficRandom random)
    {
        var index = random.Next(_stay.Length);
        return random.NextShare() < _stay[index] ? index : _alias[index];
    }
}

/// <summary>Things that are drawn by weight.</summary>
internal sealed class WeightedChoice<T>(IReadOnlyList<(double Weight, T Item)> items)
{
    private readonly WeightedChoice _choice = new([.. items.Select(item => item.Weight)]);

    public T Next(TrafficRandom random) => items[_choice.Next(random)].Item;
}
