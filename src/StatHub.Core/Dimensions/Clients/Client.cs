using System.Text;

namespace StatHub.Core.Dimensions.Clients;

/// <summary>What a user agent says about the program and the device that it comes from.</summary>
/// <param name="Browser">The browser's family as uap-core calls it, <c>Other</c> when unknown; at most 255 bytes of UTF-8.</param>
/// <param name="Os">The operating system's family as uap-core calls it, <c>Other</c> when unknown; at most 255 bytes of UTF-8.</param>
/// <param name="Device">The class of the device.</param>
/// <param name="Bot">Why it is taken for a bot.</param>
public sealed record Client(ReadOnlyMemory<byte> Browser, ReadOnlyMemory<byte> Os, DeviceClass Device, BotReason Bot)
{
    internal static readonly byte[] Other = "Other"u8.ToArray();

    /// <summary>The line has no field for it, as in a configuration of another hand.</summary>
    internal static readonly Client Unknown = new(Other, Other, DeviceClass.Other, BotReason.None);

    /// <summary>Nobody said anything.</summary>
    internal static readonly Client Unnamed = new(Other, Other, DeviceClass.Bot, BotReason.Empty);

    public override string ToString() =>
        $"{Encoding.UTF8.GetString(Browser.Span)} on {Encoding.UTF8.GetString(Os.Span)}, {Device.Name()}, {Bot.Name()}";
}
