using System.Runtime.CompilerServices;

namespace StatHub.Core.Dimensions.Clients;

/// <summary>
/// Finds which of thousands of literals occur in a text, in one pass over its bytes and without regard to ASCII case.
/// (A. V. Aho, M. J. Corasick: Efficient string matching, an aid to bibliographic search. CACM 18, 1975.)
/// </summary>
internal sealed class LiteralAutomaton
{
    // Bytes that occur in no literal are class 0, which leads back to the root from everywhere.
    private readonly byte[] _classes = new byte[256];
    private readonly int _classCount;

    // The next state by state and class.
    private readonly ushort[] _next;

    // By state: the numbers that are found there; null for most.
    private readonly int[]?[] _found;

    /// <summary>Makes an automaton.</summary>
    /// <param name="literals">Lower-case ASCII texts, each with the number that is set when it occurs.</param>
    public LiteralAutomaton(IReadOnlyList<(string Text, int Number)> literals)
    {
        _classCount = Classify(literals);
        var states = 1 + literals.Sum(literal => literal.Text.Length);
        var trie = new Trie(states, _classCount);
        foreach (var (text, number) in literals)
            trie.Add(text, number, _classes);
        (_next, _found) = trie.Complete();
    }

    /// <summary>Sets the bits of the numbers whose literals occur.</summary>
    public void Find(ReadOnlySpan<byte> text, Span<ulong> numbers)
    {
        var state = 0;
        foreach (var c in text)
        {
            state = _next[state * _classCount + _classes[c]];
            var found = _found[state];
            if (found is null)
                continue;
            foreach (var number in found)
                numbers[number >> 6] |= 1UL << (number & 63);
        }
    }

    private int Classify(IReadOnlyList<(string Text, int Number)> literals)
    {
        var count = 1;
        foreach (var c in literals.SelectMany(literal => literal.Text))
        {
            if (_classes[c] == 0)
                _classes[c] = _classes[char.ToUpperInvariant(c)] = (byte)count++;
        }
        return count;
    }

    /// <summary>The automaton while it is made; states are numbered as they come.</summary>
    private sealed class Trie(int mostStates, int classCount)
    {
        private readonly ushort[] _next = new ushort[mostStates * classCount];
        private readonly List<List<int>?> _own = [null];

        public void Add(string literal, int number, byte[] classes)
        {
            var state = 0;
            foreach (var c in literal)
            {
                var at = state * classCount + classes[c];
                if (_next[at] == 0)
                {
                    _next[at] = checked((ushort)_own.Count);
                    _own.Add(null);
                }
                state = _next[at];
            }
            (_own[state] ??= []).Add(number);
        }

        /// <summary>Fills in where each state goes on when no literal does: to the longest suffix that one begins with.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)] // Runs once, and long.
        public (ushort[] Next, int[]?[] Found) Complete()
        {
            var found = new int[]?[_own.Count];
            var suffix = new ushort[_own.Count];
            // The states by their depth: a suffix is always complete before what it is a suffix of.
            var queue = new Queue<ushort>([0]);
            while (queue.TryDequeue(out var state))
            {
                found[state] = Merge(_own[state], state == 0 ? null : found[suffix[state]]);
                for (var c = 1; c < classCount; c++)
                {
                    ref var next = ref _next[state * classCount + c];
                    var beside = state == 0 ? (ushort)0 : _next[suffix[state] * classCount + c];
                    if (next == 0)
                    {
                        next = beside;
                        continue;
                    }
                    suffix[next] = beside;
                    queue.Enqueue(next);
                }
            }
            return (_next[..(_own.Count * classCount)], found);
        }

        private static int[]? Merge(List<int>? own, int[]? inherited) =>
            own is null ? inherited : [.. own.Union(inherited ?? [])];
    }
}
