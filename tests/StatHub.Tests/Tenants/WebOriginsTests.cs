using StatHub.Core.Tenants;

namespace StatHub.Tests.Tenants;

public sealed class WebOriginsTests
{
    [Theory]
    [InlineData("https://shop.example")]
    [InlineData("http://localhost:3000")]
    [InlineData("https://xn--bcher-kva.example")]
    [InlineData("http://[::1]:8080")]
    [InlineData("HTTPS://Shop.Example")]
    [InlineData("*")]
    public void What_a_browser_sends_is_an_origin(string origin)
    {
        WebOrigins.TryCreate([origin], out var origins).Should().BeTrue();
        origins.Allows(origin.ToLowerInvariant()).Should().BeTrue();
        origins.List.Should().Equal(origin.ToLowerInvariant());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("shop.example")]
    [InlineData("https://shop.example/")]
    [InlineData("https://shop.example/path")]
    [InlineData("https://shop.example?x")]
    [InlineData("https://user@shop.example")]
    [InlineData("https://shop.example:443")]
    [InlineData("https://*.shop.example")]
    [InlineData("https://bücher.example")]
    [InlineData("https://shop.example\nhttps://evil.example")]
    [InlineData("ftp://shop.example")]
    [InlineData("file://")]
    public void Anything_else_is_none(string? origin) => WebOrigins.TryCreate([origin], out _).Should().BeFalse();

    [Fact]
    public void At_most_20_are_taken_and_each_once()
    {
        var many = Enumerable.Range(0, 21).Select(i => $"https://site{i}.example").ToList();

        WebOrigins.TryCreate(many, out _).Should().BeFalse();
        WebOrigins.TryCreate([.. many.Take(19), many[0]], out var origins).Should().BeTrue();
        origins.List.Should().HaveCount(19);
    }

    [Fact]
    public void Only_those_that_are_named_are_allowed()
    {
        WebOrigins.TryCreate(["https://shop.example", "https://www.shop.example"], out var origins);

        origins.Allows("https://www.shop.example").Should().BeTrue();
        foreach (var other in (string[])["https://shop.exampl", "https://shop.example.evil", "http://shop.example", "", "*", "null"])
            origins.Allows(other).Should().BeFalse(other);
        default(WebOrigins).Allows("").Should().BeFalse();
    }

    [Fact]
    public void What_was_written_is_read_again_and_none_is_none()
    {
        WebOrigins.TryCreate(["https://shop.example", "*"], out var origins);
        WebOrigins.TryCreate([], out var none);

        WebOrigins.Parse(origins.ToString()).Should().Be(origins);
        origins.HasEvery.Should().BeTrue();
        none.Should().Be(default(WebOrigins)).And.Be(WebOrigins.Parse(""));
        none.IsEmpty.Should().BeTrue();
        none.List.Should().BeEmpty();
    }
}
