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

    [Fact]
    public void Tokens_are_kept_together_and_none_twice()
    {
        _store.Tokens.Create("first", Demo, TokenScopes.Read, Hash("first"));

        var kept = _store.Tokens.Create(
            [Old("a", "first"), Old("b", "second"), Old("c", "second"), Old("d", "third")]);

        kept.Select(token => token?.Name).Should().Equal(null, "b", null, "d");
        _store.Tokens.List(Demo).Select(token => token.Name).Should().Equal("first", "b", "d");
        _store.Tokens.Find(Hash("second")).Should().Be(kept[1]);
        _store.Tokens.Create([Old("e", "first")]).Should().Equal((Token?)null);

        static TokenToKeep Old(string name, string secret) => new(name, Demo, TokenScopes.Write, Hash(secret), Noon.AddDays(1));
    }

    [Fact]
    public void A_token_that_is_rotated_ends_after_the_overlap_and_the_next_one_lives_as_long()
    {
        var old = _store.Tokens.Create("report", Demo, TokenScopes.Read, Hash("old"), Noon.AddDays(30));
        Time.Now = Noon.AddDays(10);

        var next = _store.Tokens.Rotate(Demo, old.Id, Hash("next"), TimeSpan.FromHours(24))!;

        next.Should().Be(new Token(next.Id, "report", Demo, TokenScopes.Read, Time.Now, Time.Now.AddDays(30)));
        _store.Tokens.Find(Hash("next")).Should().Be(next);
        _store.Tokens.Find(Hash("old")).Should().Be(old with { ExpiresAt = Time.Now.AddHours(24) });
        _store.Tokens.List(Demo).Select(token => token.Id).Should().Equal(old.Id, next.Id);
        _store.Tokens.Rotate(Other, next.Id, Hash("x"), TimeSpan.Zero).Should().BeNull();
        _store.Tokens.Rotate(null, next.Id, Hash("x"), TimeSpan.Zero).Should().BeNull();
        _store.Tokens.Find(Hash("x")).Should().BeNull();
    }

    [Fact]
    public void A_token_that_is_rotated_does_not_live_longer_for_it()
    {
        var soon = _store.Tokens.Create("soon", Demo, TokenScopes.Read, Hash("soon"), Noon.AddHours(1));
        var never = _store.Tokens.Create("never", Demo, TokenScopes.Read, Hash("never"));

        _store.Tokens.Rotate(Demo, soon.Id, Hash("next"), TimeSpan.FromHours(24))!.ExpiresAt.Should().Be(Noon.AddHours(1));
        _store.Tokens.Rotate(Demo, never.Id, Hash("other"), TimeSpan.Zero)!.ExpiresAt.Should().BeNull();

        _store.Tokens.Find(Hash("soon"))!.ExpiresAt.Should().Be(Noon.AddHours(1));
        _store.Tokens.Find(Hash("never"))!.IsExpired(Noon).Should().BeTrue();
    }

    [Fact]
    public void Lists_tell_when_tokens_were_used_to_the_minute()
    {
        var token = _store.Tokens.Create("report", Demo, TokenScopes.Read, Hash("report"));
        _store.Tokens.List(Demo).Single().UsedAt.Should().BeNull();

        _store.Tokens.NoteUse(token.Id, Noon.AddSeconds(5));
        _store.Tokens.NoteUse(token.Id, Noon.AddSeconds(64));
        _store.Tokens.List(Demo).Single().UsedAt.Should().Be(Noon.AddSeconds(5), "it is less than a minute later");

        _store.Tokens.NoteUse(token.Id, Noon.AddSeconds(65));
        _store.Tokens.List(Demo).Single().UsedAt.Should().Be(Noon.AddSeconds(65));
        _store.Tokens.Find(Hash("report")).Should().Be(token);
    }
}
