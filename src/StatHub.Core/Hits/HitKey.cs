using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace StatHub.Core.Hits;

/// <summary>What is counted: 1 to 128 bytes of decoded UTF-8 without <c>/</c> and control characters.</summary>
public readonly record struct HitKey
{
    /// <summary>The longest key, in bytes of UTF-8.</summary>
    public const int MaxBytes = 128;

    /// <summary>
    /// What hits of further keys count under once a tenant has as many keys as it may have. No hit can be called so.
    /// </summary>
    public static readonly HitKey Overflow = new("/other");

    private readonly string? _text;

    private HitKey(string text) => _text = text;

    /// <summary>The bytes of <see cref="Overflow"/>.</summary>
    public static ReadOnlySpan<byte> OverflowUtf8 => "/other"u8;

    /// <summary>Parses a key that a request or a caller gave.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out HitKey key)
    {
        key = default;
        if (text is not { Length: > 0 and <= MaxBytes })
            return false;
        Span<byte> utf8 = stackalloc byte[text.Length * 3];
        if (Utf8.FromUtf16(text, utf8, out _, out var written, replaceInvalidSequences: false) != System.Buffers.OperationStatus.Done
            || !IsValid(utf8[..written]))
            return false;
        key = new HitKey(text);
        return true;
    }

    /// <summary>The same rule on decoded bytes.</summary>
    public static bool IsValid(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > MaxBytes || !Utf8.IsValid(utf8))
            return false;
        for (var i = 0; i < utf8.Length; i++)
        {
            var b = utf8[i];
            if (b is < 0x20 or 0x7f or (byte)'/')
                return false;
            // C1 controls, U+0080 to U+009F, are C2 80 to C2 9F.
            if (b == 0xc2 && utf8[i + 1] < 0xa0)
                return false;
        }
        return true;
    }

    /// <summary>A key from bytes that <see cref="IsValid"/> accepted.</summary>
    public static HitKey FromValidUtf8(ReadOnlySpan<byte> utf8) => new(Encoding.UTF8.GetString(utf8));

    /// <summary>Parses a key that is known to be valid.</summary>
    /// <exception cref="FormatException">The text is not a key.</exception>
    public static HitKey Parse(string text) => TryParse(text, out var key)
        ? key
        : throw new FormatException("A key has 1 to 128 bytes of UTF-8 without '/' and control characters.");

    /// <summary>A key as a store has it, <see cref="Overflow"/> included.</summary>
    /// <exception cref="FormatException">The text is not a key.</exception>
    public static HitKey FromStore(string text) => text == Overflow._text ? Overflow : Parse(text);

    public override string ToString() => _text ?? "";
}
