using Microsoft.Extensions.Options;
using StatHub.Core.Dimensions.Clients;

namespace StatHub.Server.Lists;

/// <summary>Section <c>StatHub:Bots</c>.</summary>
internal sealed class BotOptions
{
    public const string Section = "StatHub:Bots";

    /// <summary>The path of a list of words, one a line, that make a user agent a bot's; without it there are none but those that ship with StatHub.</summary>
    public string? List { get; set; }
}

internal sealed class BotOptionsValidator : IValidateOptions<BotOptions>
{
    public ValidateOptionsResult Validate(string? name, BotOptions options) =>
        ListFile.Validate<BotList>(options.List, BotList.TryRead, BotOptions.Section + ":List");
}
