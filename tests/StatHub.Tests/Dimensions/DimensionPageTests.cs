using System.Globalization;
using System.Runtime.CompilerServices;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;

namespace StatHub.Tests.Dimensions;

public class DimensionPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Folder(), "../../../docs/dimensions.md"));

    public static TheoryData<BotReason> Reasons => [.. BotReasons.All];

    public static TheoryData<DeviceClass> Devices => [.. Enum.GetValues<DeviceClass>()];

    public static TheoryData<string> Names => [.. DimensionNames.All];

    [Theory]
    [MemberData(nameof(Reasons))]
    public void It_has_every_bot_reason_with_its_number(BotReason reason) => Page.Should().Contain(Row((int)reason, reason.Name()));

    [Theory]
    [MemberData(nameof(Devices))]
    public void It_has_every_class_of_device_with_its_number(DeviceClass device)
    {
        Page.Should().Contain(Row((int)device, device.Name()));
        DeviceClasses.TryParse(device.Name(), out var found).Should().BeTrue();
        found.Should().Be(device);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_has_every_dimension(string name) => Page.Should().Contain($"`{name}`");

    private static string Row(int number, string name) => string.Create(CultureInfo.InvariantCulture, $"\n| {number} | `{name}` | ");

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
