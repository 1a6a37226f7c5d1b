using System.Text;
using StatHub.Core.Dimensions.Clients;

namespace StatHub.Tests.Dimensions;

public class BotListTests
{
    [Theory]
    [InlineData("AcmeUptime/3", BotReason.Own)]
    [InlineData("Mozilla/5.0 (acmeUPTIME; +https://acme.example)", BotReason.Own)]
    [InlineData("Mozilla/5.0 our scanner 7", BotReason.Own)]
    [InlineData("Mozilla/5.0 ourscanner", BotReason.None)]
    [InlineData("Googlebot/2.1 AcmeUptime", BotReason.Own)]
    [InlineData("Googlebot/2.1", BotReason.Crawler)]
    [InlineData("", BotReason.Empty)]
    public void A_user_agent_with_a_word_of_the_list_is_a_bots(string userAgent, BotReason reason)
    {
        BotList.TryRead(["AcmeUptime", "", "  # nothing", "our scanner # ours", "AcmeUptime"], out var list, out var mistakes).Should().BeTrue();
        mistakes.Should().BeEmpty();
        list.Count.Should().Be(2);

        var client = new ClientCatalogue(list).Describe(Encoding.UTF8.GetBytes(userAgent));
        client.Bot.Should().Be(reason);
        (client.Device == DeviceClass.Bot).Should().Be(reason != BotReason.None);
    }

    [Fact]
    public void Words_that_are_too_short_or_too_long_are_named_with_their_line()
    {
        BotList.TryRead(["bot", "no", "#", new string('x', BotList.MostCharacters + 1)], out var list, out var mistakes).Should().BeFalse();

        list.Should().BeSameAs(BotList.None);
        mistakes.Should().HaveCount(2);
        mistakes[0].Should().Be("line 2: 'no' has not 3 to 200 characters.");
        mistakes[1].Should().StartWith("line 4: 'xxx").And.Contain("…");
    }

    [Fact]
    public void The_version_changes_with_the_words_and_not_with_their_order()
    {
        BotList.TryRead(["one two", "three"], out var list, out _);
        BotList.TryRead(["three # a comment", "one two", ""], out var same, out _);
        BotList.TryRead(["three"], out var other, out _);

        same.Version.Should().Be(list.Version);
        other.Version.Should().NotBe(list.Version);
        ClientCatalogue.VersionWith(BotList.None).Should().Be(ClientCatalogue.Version);
        ClientCatalogue.VersionWith(list).Should().StartWith(ClientCatalogue.Version).And.NotBe(ClientCatalogue.VersionWith(other));
    }
}
