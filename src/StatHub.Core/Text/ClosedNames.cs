using System.Runtime.CompilerServices;
using System.Text;

namespace StatHub.Core.Text;

/// <summary>The names of a closed list: an enum of one byte whose numbers begin with 0 and have no gaps.</summary>
/// <param name="names">In the order of the numbers; ASCII.</param>
internal sealed class ClosedNames<TEnum>(params string[] names)
    where TEnum : struct, Enum
{
    private readonly byte[][] _texts = [.. names.Select(Encoding.ASCII.GetBytes)];

    /// <summary>All names.</summary>
    public IReadOnlyList<string> All => names;

    /// <summary>All values.</summary>
    public IEnumerable<TEnum> Values => Enumerable.Range(0, names.Length).Select(Value);

    /// <summary>The name of a value.</summary>
    public string Of(TEnum value) => names[Unsafe.BitCast<TEnum, byte>(value)];

    /// <summary>The bytes of its name.</summary>
    public ReadOnlyMemory<byte> TextOf(TEnum value) => _texts[Unsafe.BitCast<TEnum, byte>(value)];

    /// <summary>Finds a value by its name; the first value when there is none of that name.</summary>
    public bool TryParse(string? name, out TEnum value)
    {
        var found = Array.IndexOf(names, name);
        value = Value(Math.Max(0, found));
        return found >= 0;
    }

    private static TEnum Value(int number) => Unsafe.BitCast<byte, TEnum>((byte)number);
}
