using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StatHub.Core.Dimensions;
using StatHub.Core.Dimensions.Clients;

namespace StatHub.Tests.Dimensions;

public class ClientCatalogueTests
{
    private const string Chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";

    private readonly ClientCatalogue _clients = new();

    private StatHub.Core.Dimensions.Clients.Client Describe(string agent) => _clients.Describe(Encoding.UTF8.GetBytes(agent));

    private string Browser(string agent) => Encoding.UTF8.GetString(Describe(agent).Browser.Span);

    private string Os(string agent) => Encoding.UTF8.GetString(Describe(agent).Os.Span);

    [Theory]
    [InlineData(Chrome, "Chrome", "Windows", DeviceClass.Desktop)]
    [InlineData("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1", "Mobile Safari", "iOS", DeviceClass.Mobile)]
    [InlineData("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1", "Mobile Safari", "iOS", DeviceClass.Tablet)]
    [InlineData("Mozilla/5.0 (Linux; Android 14; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36", "Chrome", "Android", DeviceClass.Tablet)]
    [InlineData("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox", "Ubuntu", DeviceClass.Desktop)]
    [InlineData("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36", "Chrome", "Chrome OS", DeviceClass.Desktop)]
    [InlineData("Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0.4606.128 Safari/537.36 WebAppManager", "Chrome", "Web0S", DeviceClass.Tv)]
    [InlineData("Mozilla/5.0 (Linux; Android 9; AFTMM Build/PS7233) AppleWebKit/537.36 (KHTML, like Gecko) Silk/102.2.1 like Chrome/102.0.5005.125 Safari/537.36", "Amazon Silk", "Android", DeviceClass.Tv)]
    [InlineData("Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0 Safari/605.1.15", "Safari", "Other", DeviceClass.Console)]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64; Quest 3) AppleWebKit/537.36 (KHTML, like Gecko) OculusBrowser/33.0.0.0 Chrome/126.0.0.0 VR Safari/537.36", "Oculus Browser", "Android", DeviceClass.Wearable)]
    [InlineData("Alcatel-OT-255A", "Other", "Other", DeviceClass.Mobile)]
    [InlineData("something", "Other", "Other", DeviceClass.Other)]
    public void A_person_has_browser_system_and_class_of_device(string agent, string browser, string os, DeviceClass device)
    {
        (Browser(agent), Os(agent)).Should().Be((browser, os));
        Describe(agent).Device.Should().Be(device);
        Describe(agent).Bot.Should().Be(BotReason.None);
    }

    [Theory]
    [InlineData("", BotReason.Empty)]
    [InlineData("-", BotReason.Empty)]
    [InlineData("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", BotReason.Crawler)]
    [InlineData("Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)", BotReason.Ai)]
    [InlineData("curl/8.5.0", BotReason.Library)]
    [InlineData("Java/17.0.2", BotReason.Library)]
    [InlineData("PostmanRuntime/7.39.0", BotReason.Library)]
    [InlineData("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36", BotReason.Headless)]
    [InlineData("Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", BotReason.Monitor)]
    [InlineData("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", BotReason.Preview)]
    [InlineData("Mozilla/5.0 (compatible; NeverSeenBefore-crawler/1.0)", BotReason.Spider)]
    public void A_bot_has_its_reason(string agent, BotReason reason)
    {
        Describe(agent).Bot.Should().Be(reason);
        Describe(agent).Device.Should().Be(DeviceClass.Bot);
    }

    [Theory]
    [InlineData("Mozilla/5.0 (Linux; Android 4.1.1; HTC Butterfly Build/JRO03C) AppleWebKit/535.19 (KHTML, like Gecko) Chrome/18.0.1025.166 Mobile Safari/535.19")]
    [InlineData("Opera/9.80 (MAUI Runtime; Opera Mini/4.4.39008/37.9178; U; en) Presto/2.12.423 Version/12.16")]
    [InlineData("Mozilla/4.0 (compatible; MSIE 6.0; Windows 98; TeomaBar 2.01; Wysigot 5.4)")]
    [InlineData("Mozilla/5.0 (Linux; Android 8.0; CUBOT X18) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/80.0.3987.99 Mobile Safari/537.36")]
    public void A_person_with_a_bots_word_is_no_bot(string agent) => Describe(agent).Bot.Should().Be(BotReason.None);

    [Fact]
    public void Every_browser_of_the_test_cases_is_found() =>
        ClientCases.Read("browsers").Where(item => Browser(item.Agent) != item.Expected).Should().BeEmpty();

    [Fact]
    public void Every_operating_system_of_the_test_cases_is_found() =>
        ClientCases.Read("systems").Where(item => Os(item.Agent) != item.Expected).Should().BeEmpty();

    [Fact]
    public void Every_crawler_of_the_list_is_labelled()
    {
        var crawlers = ClientCases.Read("crawlers");

        crawlers.Where(item => Describe(item.Agent).Bot == BotReason.None).Should().BeEmpty();
        // A few crawlers are made of a library, and the library stands first in the list.
        crawlers.Count(item => Describe(item.Agent).Bot.Name() == item.Expected).Should().BeGreaterThan(crawlers.Count * 99 / 100);
    }

    [Fact]
    public void No_visitor_of_an_ordinary_site_is_labelled_and_every_device_is_of_the_class_that_its_screen_told()
    {
        var visitors = ClientCases.Read("visitors");

        visitors.Should().HaveCountGreaterThan(900);
        visitors.Where(item => Describe(item.Agent).Bot != BotReason.None).Should().BeEmpty();
        visitors.Where(item => Describe(item.Agent).Device.Name() != item.Expected).Should().BeEmpty();
    }

    [Fact]
    public void Every_spider_of_the_test_cases_is_labelled_and_no_device_but_whatsapps_previews()
    {
        var devices = ClientCases.Read("devices");

        devices.Where(item => item.Expected == "Spider" && Describe(item.Agent).Bot == BotReason.None).Should().BeEmpty();
        devices.Where(item => item.Expected != "Spider" && !item.Agent.StartsWith("WhatsApp", StringComparison.Ordinal) && Describe(item.Agent).Bot != BotReason.None)
            .Should().BeEmpty();
    }

    [Fact]
    public void No_browser_of_the_test_cases_that_people_use_is_labelled()
    {
        string[] ordinary = ["Chrome", "Chrome Mobile", "Chrome Mobile WebView", "Edge", "Edge Mobile", "Firefox", "Firefox Mobile", "IE", "IE Mobile", "Mobile Safari", "Opera", "Opera Mini", "Opera Mobile", "Safari", "Samsung Internet", "UC Browser", "Vivaldi", "Yandex Browser"];
        var labelled = ClientCases.Read("browsers").Where(item => ordinary.Contains(item.Expected) && Describe(item.Agent).Bot != BotReason.None);

        // One is Google's maker of previews: uap-core takes the browser that it is, the list of crawlers what it does.
        labelled.Should().OnlyContain(item => item.Agent.Contains("Google Web Preview"));
    }

    [Fact]
    public void What_the_literals_let_through_is_what_all_patterns_one_after_another_would_find()
    {
        var patterns = ClientPatterns.Instance;
        var candidates = new ulong[patterns.Words];
        var everything = Enumerable.Repeat(ulong.MaxValue, patterns.Words).ToArray();
        var agents = ClientCases.Files.SelectMany(file => ClientCases.Read(file).Where((_, number) => number % 20 == 0));

        foreach (var (agent, _) in agents)
        {
            patterns.Search(Encoding.UTF8.GetBytes(agent), candidates);
            foreach (var section in new[] { patterns.Browsers, patterns.Systems, patterns.Devices, patterns.Crawlers, patterns.Libraries, patterns.Exceptions, patterns.DeviceClasses })
                patterns.First(section, agent, candidates).Should().Be(patterns.First(section, agent, everything), agent);
        }
    }

    [Fact]
    public void A_family_that_a_client_makes_up_is_clean_and_bounded()
    {
        var agent = new string('ä', 199) + "\u0007/1 CFNetwork/978.0.7 Darwin/18.5.0";

        var browser = Describe(agent).Browser.Span;

        browser.Length.Should().BeInRange(1, DimensionText.MaxBytes);
        Encoding.UTF8.GetString(browser).Should().MatchRegex(@"\Aä+\z");
    }

    [Fact]
    public void What_stands_behind_the_first_512_bytes_is_not_read() =>
        Describe(Chrome + new string(' ', ClientCatalogue.MaxBytes) + "Googlebot/2.1").Bot.Should().Be(BotReason.None);

    [Fact]
    public void A_client_is_described_once() => Describe(Chrome).Should().BeSameAs(Describe(Chrome));

    [Fact]
    public void The_version_is_that_of_rules_and_patterns() => ClientCatalogue.Version.Should().MatchRegex(@"\A\d+-[0-9a-f]{12}\z");

    [Fact]
    public void No_bytes_make_it_throw()
    {
        var agents = ClientCases.Read("browsers");
        var bytes = Gen.OneOf(
            ArbMap.Default.GeneratorFor<byte[]>(),
            from agent in Gen.Elements(agents.Select(item => item.Agent))
            from junk in ArbMap.Default.GeneratorFor<byte[]>()
            from at in Gen.Choose(0, agent.Length)
            select (byte[])[.. Encoding.UTF8.GetBytes(agent[..at]), .. junk, .. Encoding.UTF8.GetBytes(agent[at..])]);

        Prop.ForAll(bytes.ToArbitrary(), agent =>
        {
            var client = _clients.Describe(agent);
            return DimensionTextTests.IsValue(client.Browser.Span) && DimensionTextTests.IsValue(client.Os.Span);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }
}
