using StatHub.Core.Tenants;
using StatHub.Core.Tokens;

namespace StatHub.Tests.Storage.Tokens;

public sealed class SqliteTokensTests : IDisposable
{
    private static readonly TenantId Demo = TenantId.Parse("demo");

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_a_token_is_stays_over_a_restart()
    {
        var now = _folder.Time.Now;
        _folder.Store.Tokens.Create("plain", Demo, TokenScopes.Read, Hash(1));
        var ends = _folder.Store.Tokens.Create("ends", null, TokenScopes.Admin, Hash(2), now.AddDays(3));
        _folder.Store.Tokens.Rotate(null, ends.Id, Hash(3), TimeSpan.FromHours(1));
        _folder.Store.Tokens.NoteUse(ends.Id, now.AddMinutes(2));
        _folder.Store.Tokens.WriteUses().Should().Be(1);
        var before = Everything();

        _folder.Restart();

        Everything().Should().Equal(before);
        _folder.Store.Tokens.Find(Hash(2)).Should().Be(ends with { ExpiresAt = now.AddHours(1) });
    }

    [Fact]
    public void Uses_are_written_when_it_is_asked_for_and_once()
    {
        var token = _folder.Store.Tokens.Create("report", Demo, TokenScopes.Read, Hash(1));
        for (var second = 0; second < 50; second++)
            _folder.Store.Tokens.NoteUse(token.Id, _folder.Time.Now.AddSeconds(second));
        Used().Should().BeEmpty("a request writes nothing");

        _folder.Store.Tokens.WriteUses().Should().Be(1);
        Used().Should().Be($"{_folder.Time.Now.ToUnixTimeMilliseconds()}");
        _folder.Store.Tokens.WriteUses().Should().Be(0);
    }

    [Fact]
    public void Uses_of_a_token_that_is_gone_are_not_written()
    {
        var mine = _folder.Store.Tokens.Create("mine", Demo, TokenScopes.Read, Hash(1));
        var theirs = _folder.Store.Tokens.Create("theirs", TenantId.Parse("other"), TokenScopes.Read, Hash(2));
        _folder.Store.Tokens.NoteUse(mine.Id, _folder.Time.Now);
        _folder.Store.Tokens.NoteUse(theirs.Id, _folder.Time.Now);

        _folder.Store.Tokens.Revoke(Demo, mine.Id).Should().BeTrue();
        _folder.Store.Tenants.Erase(TenantId.Parse("other")).Should().BeTrue();

        _folder.Store.Tokens.WriteUses().Should().Be(0);
    }

    [Fact]
    public void A_token_that_cannot_be_kept_leaves_none_of_those_beside_it()
    {
        var keep = () => _folder.Store.Tokens.Create(
            [new TokenToKeep("a", Demo, TokenScopes.Read, Hash(1)), new TokenToKeep("b", TenantId.Parse("nobody"), TokenScopes.Read, Hash(2))]);

        keep.Should().Throw<InvalidOperationException>().WithMessage("*nobody*");
        _folder.Store.Tokens.Find(Hash(1)).Should().BeNull();
        _folder.Store.Tokens.List(Demo).Should().BeEmpty();
    }

    private List<Token> Everything() => [.. _folder.Store.Tokens.List(Demo), .. _folder.Store.Tokens.List(null)];

    private string Used() => _folder.Sql("SELECT used_ms FROM token");

    private static byte[] Hash(byte number) => [.. Enumerable.Repeat(number, 32)];
}
