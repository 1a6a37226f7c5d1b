using System.Text.Json;
using StatHub.Core.Journal;

namespace StatHub.Core.Events;

/// <summary>Reads what the service understands of an event.</summary>
/// <param name="target">Where it goes.</param>
/// <param name="faults">What is wrong with it.</param>
internal sealed class EventFields(EventLine target, EventFaults faults)
{
    /// <summary>The clock, in Unix milliseconds.</summary>
    public long Now { get; set; }

    public void ReadName(ref Utf8JsonReader value, string field)
    {
        if (value.TokenType != JsonTokenType.String || !target.TrySetKey(value.ValueSpan))
            faults.Add(field, "It is a text.");
    }

    public void ReadUid(ref Utf8JsonReader value)
    {
        if (value.TokenType is JsonTokenType.String or JsonTokenType.Number)
            target.SetUid(value.ValueSpan);
        else
            faults.Add("uid", "It is a text; it may be empty.");
    }

    /// <summary>Null and an empty one are none.</summary>
    public void ReadId(ref Utf8JsonReader value)
    {
        if (value.TokenType == JsonTokenType.Null || value is { TokenType: JsonTokenType.String, ValueSpan.IsEmpty: true })
            return;
        if (value.TokenType != JsonTokenType.String || value.ValueSpan.Length > 6 * EventId.MaxLength || !TryText(ref value, out var id)
            || id.Length > EventId.MaxLength || string.IsNullOrWhiteSpace(id))
            faults.Add("event_id", $"It is a text of 1 to {EventId.MaxLength} characters.");
        else
            target.Id = id;
    }

    public void ReadTime(ref Utf8JsonReader value)
    {
        if (value.TokenType == JsonTokenType.Null)
            return;
        if (value.TokenType != JsonTokenType.String || !value.TryGetDateTimeOffset(out var time))
            faults.Add("time", "It is an instant such as 2026-11-22T09:30:00Z.");
        else if (time.ToUnixTimeMilliseconds() is var at && !HitTime.IsInRange(at, Now))
            faults.Add("time", "It is before 2000 or more than a day ahead.");
        else
            target.UnixMilliseconds = at;
    }

    public void ReadValue(ref Utf8JsonReader value)
    {
        if (!target.TrySetValue(ref value))
            faults.Add("value", "It has at most 12 digits before the point.");
    }

    private static bool TryText(ref Utf8JsonReader value, out string text)
    {
        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
            text = "";
            return false;
        }
    }
}
