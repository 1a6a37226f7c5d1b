using System.Buffers;
using System.Text.Json;
using StatHub.Core.Hits;
using StatHub.Core.Time;

namespace StatHub.Core.Dimensions.Sums;

/// <summary>One JSON object with what was asked and all rows.</summary>
internal sealed class JsonSums(SumQuestion question, DateTimeOffset asOf, bool? fresh) : SumFormat
{
    private readonly IReadOnlyList<string> _by = [.. question.By.Select(dimension => dimension.ToString())];
    private bool _hasRows;
    private bool _isLimited;

    protected override void Begin(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteStartArray("by"u8);
        foreach (var name in _by)
            json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteString("step"u8, question.Step.Name());
        json.WriteString("from"u8, InstantText.Of(MinuteRange.InstantOf(question.Range.From)));
        if (question.Range.IsBounded)
            json.WriteString("to"u8, InstantText.Of(MinuteRange.InstantOf(question.Range.To)));
        else
            json.WriteNull("to"u8);
        json.WriteString("asOf"u8, InstantText.Of(asOf));
        if (fresh is { } isFresh)
            json.WriteBoolean("fresh"u8, isFresh);
        json.WriteStartArray("rows"u8);
    }

    protected override void Write(long start, SumValues? values, Tally sums, IBufferWriter<byte> output)
    {
        if (_hasRows)
            output.Write(","u8);
        _hasRows = true;
        _isLimited |= values is null;
        SumObject.Write(output, _by, start, values, sums);
    }

    protected override void End(IBufferWriter<byte> output) => output.Write(_isLimited ? "],\"limited\":true}"u8 : "],\"limited\":false}"u8);
}
