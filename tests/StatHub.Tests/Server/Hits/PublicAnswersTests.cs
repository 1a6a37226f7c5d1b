using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using StatHub.Core.Tokens;
using StatHub.Server.Hits;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server.Hits;

public sealed class PublicAnswersTests
{
    private readonly ManualTime _time = new(StatHubApi.Noon);
    private readonly PublicAnswers _answers;

    public PublicAnswersTests() => _answers = new PublicAnswers(_time);

    [Fact]
    public void No_more_answers_are_kept_than_there_is_room_for()
    {
        foreach (var number in Enumerable.Range(0, 10_001))
            _answers.Keep(Guest($"/{number}"), "answer");

        _answers.Find<string>(Guest("/9999")).Should().NotBeNull();
        _answers.Find<string>(Guest("/10000")).Should().BeNull();
        _time.Now += TimeSpan.FromSeconds(10);
        _answers.Find<string>(Guest("/9999")).Should().BeNull();
        _answers.Keep(Guest("/10000"), "answer");
        _answers.Find<string>(Guest("/10000")).Should().NotBeNull();
    }

    [Fact]
    public void Large_answers_take_more_of_the_room()
    {
        foreach (var number in Enumerable.Range(0, 11))
            _answers.Keep(Guest($"/{number}"), "answer", 20_000);

        _answers.Find<string>(Guest("/9")).Should().NotBeNull();
        _answers.Find<string>(Guest("/10")).Should().BeNull();
    }

    [Fact]
    public void Addresses_without_end_are_not_kept()
    {
        var address = "/" + new string('x', 512);
        _answers.Keep(Guest(address), "answer").Should().Be("answer");

        _answers.Find<string>(Guest(address)).Should().BeNull();
    }

    [Fact]
    public void A_clock_that_is_set_back_makes_no_answer_stay()
    {
        _answers.Keep(Guest("/"), "answer");
        _time.Now -= TimeSpan.FromHours(1);

        _answers.Find<string>(Guest("/")).Should().BeNull();
    }

    [Fact]
    public void Answers_to_a_token_are_neither_kept_nor_given()
    {
        var member = Guest("/");
        member.Features.Set(new Token(1, "x", null, TokenScopes.Read, StatHubApi.Noon));

        _answers.Keep(member, "theirs").Should().Be("theirs");
        _answers.Find<string>(Guest("/")).Should().BeNull();
        _answers.Keep(Guest("/"), "answer");
        _answers.Find<string>(member).Should().BeNull();
        member.Response.Headers.CacheControl.Should().BeEmpty();
    }

    private static DefaultHttpContext Guest(string address)
    {
        var http = new DefaultHttpContext();
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = address;
        return http;
    }
}
