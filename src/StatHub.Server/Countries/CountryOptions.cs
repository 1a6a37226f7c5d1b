using Microsoft.Extensions.Options;

namespace StatHub.Server.Countries;

/// <summary>Section <c>StatHub:Countries</c>.</summary>
internal sealed class CountryOptions
{
    public const string Section = "StatHub:Countries";

    /// <summary>The path of a file in MaxMind's format; without it hits have no countries.</summary>
    public string? Database { get; set; }
}

internal sealed class CountryOptionsValidator : IValidateOptions<CountryOptions>
{
    public ValidateOptionsResult Validate(string? name, CountryOptions options) =>
        string.IsNullOrWhiteSpace(options.Database) || CountryFile.TryRead(options.Database, out _, out var mistake)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"{CountryOptions.Section}:Database: {mistake}");
}
