using StatHub.Core.Tokens;

namespace StatHub.Tests.Stores;

public abstract partial class HitStoreContract
{
    [Fact]
    public void Tokens_are_found_by_their_hash_until_they_are_revoked()
    {
        var (first, second) = (Hash("first"), Hash("second"));
        var admin = _store.Tokens.Create("admin", null, TokenScopes.Admin, first);
        var reader = _store.Tokens.Create("reader", Demo, TokenScopes.Read | TokenScopes.Write, second);

        _store.Tokens.Find(first).Should().Be(admin);
        _store.Tokens.Find(second).Should().Be(new Token(reader.Id, "reader", Demo, TokenScopes.Read | TokenScopes.Write, Noon));
        _store.Tokens.Find(Hash("third")).Should().BeNull();
        _store.Tokens.List(null).Should().Equal(admin);
        _store.Tokens.List(Demo).Should().Equal(reader);
        _store.Tokens.List(Other).Should().BeEmpty();

        _store.Tokens.Revoke(Other, reader.Id).Should().BeFalse();
        _store.Tokens.Revoke(null, reader.Id).Should().BeFalse();
        _store.Tokens.Revoke(Demo, reader.Id).Should().BeTrue();
        _store.Tokens.Revoke(Demo, reader.Id).Should().BeFalse();
        _store.Tokens.Find(second).Should().BeNull();
    }

    [Fact]
    public void Numbers_of_tokens_are_never_given_twice()
    {
        var first = _store.Tokens.Create("first", Demo, TokenScopes.Read, Hash("first"));
        _store.Tokens.Revoke(Demo, first.Id);

        _store.Tokens.Create("second", Demo, TokenScopes.Read, Hash("second")).Id.Should().BeGreaterThan(first.Id);
    }
}
