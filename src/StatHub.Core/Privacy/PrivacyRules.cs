using StatHub.Core.Hits;
using StatHub.Core.Journal;

namespace StatHub.Core.Privacy;

/// <summary>What is kept of the people behind hits.</summary>
/// <param name="Addresses">What becomes of client addresses in stored lines.</param>
/// <param name="DoNotTrack">Whether a request with <c>DNT: 1</c> leaves neither address nor visitor.</param>
/// <param name="GlobalPrivacyControl">Whether a request with <c>Sec-GPC: 1</c> leaves neither address nor visitor.</param>
public sealed record PrivacyRules(
    AddressTreatment Addresses = AddressTreatment.Truncated, bool DoNotTrack = false, bool GlobalPrivacyControl = false)
{
    /// <summary>Addresses are truncated, headers are not looked at.</summary>
    public static readonly PrivacyRules Default = new();

    /// <summary>Whether the client asked to leave no trace, and these rules honour that. The hit is counted all the same.</summary>
    public bool LeavesNoTrace(ReadOnlySpan<byte> line, HitLine fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        return (DoNotTrack && fields.Text(line, HitField.Dnt).SequenceEqual("1"u8))
            || (GlobalPrivacyControl && fields.Text(line, HitField.SecGpc).SequenceEqual("1"u8));
    }
}
