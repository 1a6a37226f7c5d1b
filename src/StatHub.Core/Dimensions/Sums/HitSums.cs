using System.Text;
using StatHub.Core.Dimensions.Clients;
using StatHub.Core.Dimensions.Referrers;
using StatHub.Core.Hits;
using StatHub.Core.Journal;

namespace StatHub.Core.Dimensions.Sums;

/// <summary>
/// Sums raw hits by several dimensions at once, step by step as they come in the order of time: one step is held, never the range. Browsers
/// and devices are those of the patterns of now. An instance belongs to one thread.
/// </summary>
public sealed class HitSums
{
    // A value is at most 255 bytes, and so is a key.
    private const int MostValueBytes = 1 + DimensionText.MaxBytes;

    private readonly SumQuestion _question;
    private readonly int _mostCombinations;
    private readonly byte[][] _own;
    private readonly StoredHitReader _hits;
    private readonly byte[] _values = new byte[SumQuestion.MostDimensions * MostValueBytes];

    /// <summary>Prepares the answer to a question.</summary>
    /// <param name="question">By what is summed.</param>
    /// <param name="spam">Hosts that are no referrers.</param>
    /// <param name="bots">The operator's own bots.</param>
    /// <param name="mostCombinations">So many combinations of values of a step have a row of their own.</param>
    public HitSums(SumQuestion question, HostSet spam, BotList bots, int mostCombinations = SumTable.MostCombinations)
    {
        ArgumentNullException.ThrowIfNull(question);
        (_question, _mostCombinations) = (question, mostCombinations);
        _own = [.. question.By.Select(dimension => Encoding.ASCII.GetBytes(dimension.Own))];
        _hits = new StoredHitReader(new DimensionReader(spam: spam, bots: bots));
    }

    /// <summary>The sums of each step that has hits, in the order of time.</summary>
    /// <exception cref="InvalidDataException">A stored line is no hit.</exception>
    public IEnumerable<SumTable> Read(IRawHitReader hits, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(hits);
        SumTable? table = null;
        for (var block = hits.Read(int.MaxValue); !block.IsEmpty; block = hits.Read(int.MaxValue))
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var rest = block; !rest.IsEmpty;)
            {
                rest = rest[Add(rest.Span, ref table)..];
                if (rest.IsEmpty)
                    break;
                yield return table!;
                table = null;
            }
        }
        if (table is not null)
            yield return table;
    }

    /// <summary>Adds lines up to the first that is of a later step; returns how many bytes they are.</summary>
    private int Add(ReadOnlySpan<byte> lines, ref SumTable? table)
    {
        var done = 0;
        while (done < lines.Length)
        {
            var length = lines[done..].IndexOf((byte)'\n');
            var line = lines.Slice(done, length);
            if (_hits.Read(line, out var hit) is var outcome and not RejectReason.None)
                throw new InvalidDataException($"A stored line is no hit: {outcome.Name()}.");
            if (table is not null && hit.UnixMilliseconds >= table.End)
                return done;
            if (table is null)
            {
                var (start, end) = _question.StepOf(hit.UnixMilliseconds);
                table = new SumTable(start, end, _mostCombinations);
            }
            var labels = _hits.Dimensions(line);
            table.Add(Values(hit.Key, labels), new Tally(1, labels.Bot == BotReason.None ? 0 : 1, new ValueSum(hit.Millionths)));
            done += length + 1;
        }
        return done;
    }

    private ReadOnlySpan<byte> Values(ReadOnlySpan<byte> key, HitDimensions labels)
    {
        var length = 0;
        for (var i = 0; i < _own.Length; i++)
        {
            var value = _question.By[i].Dimension switch
            {
                Dimension.Key => key,
                Dimension.Own => Own(labels, _own[i]),
                var dimension => labels.Value(dimension),
            };
            _values[length++] = (byte)value.Length;
            value.CopyTo(_values.AsSpan(length));
            length += value.Length;
        }
        return _values.AsSpan(0, length);
    }

    private static ReadOnlySpan<byte> Own(HitDimensions labels, ReadOnlySpan<byte> name)
    {
        foreach (var value in labels)
        {
            if (value.Dimension == Dimension.Own && value.Name.SequenceEqual(name))
                return value.Value;
        }
        return [];
    }
}
