using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace StatHub.Core.Tenants;

/// <summary>The name of a tenant: 1 to 32 characters of <c>[a-z0-9]</c>.</summary>
public readonly record struct TenantId
{
    /// <summary>The longest name, in characters (and bytes).</summary>
    public const int MaxLength = 32;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789");
    private static readonly SearchValues<byte> AllowedBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789"u8);

    private readonly string? _name;

    private TenantId(string name) => _name = name;

    /// <summary>Parses a tenant's name; false when it is empty, too long or has another character.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TenantId tenant)
    {
        var valid = text is { Length: > 0 and <= MaxLength } && text.AsSpan().IndexOfAnyExcept(Allowed) < 0;
        tenant = valid ? new TenantId(text!) : default;
        return valid;
    }

    /// <summary>The same rule on the bytes of a journal line.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= MaxLength && name.IndexOfAnyExcept(AllowedBytes) < 0;

    /// <summary>Parses a name that is known to be valid.</summary>
    /// <exception cref="FormatException">The name is not a tenant's.</exception>
    public static TenantId Parse(string text) =>
        TryParse(text, out var tenant) ? tenant : throw new FormatException($"'{text}' is not a tenant: 1 to 32 of a-z and 0-9.");

    public override string ToString() => _name ?? "";
}
