using System.Text.Json;
using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage.Visitors;

public sealed class SaltTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Salts => Path.Combine(_folder.Path, "salts");

    private string[] Names => [.. Directory.GetFiles(Salts).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];

    private DateTimeOffset Midnight => new(_folder.Time.Now.UtcDateTime.Date, TimeSpan.Zero);

    [Fact]
    public void A_day_has_a_salt_from_its_first_hit_that_only_its_owner_can_read()
    {
        Names.Should().BeEmpty();

        Visit(_folder.Time.Now);
        Visit(_folder.Time.Now.AddDays(-1));

        Names.Should().Equal($"{Midnight.AddDays(-1):yyyy-MM-dd}", $"{Midnight:yyyy-MM-dd}");
        var file = new FileInfo(Path.Combine(Salts, Names[0]));
        file.Length.Should().Be(16);
        file.UnixFileMode.Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_visitor_is_the_same_after_a_restart()
    {
        Visit(_folder.Time.Now);
        _folder.Restart();
        Visit(_folder.Time.Now);

        Visitors().Should().HaveCount(2).And.OnlyContain(visitor => visitor == Visitors()[0]);
        _folder.Store.Counts.Count(new HitScope(TenantId.Parse("demo")), MinuteRange.All).Visitors.Should().Be(1);
    }

    [Fact]
    public void A_salt_is_destroyed_two_days_after_its_day()
    {
        var today = Midnight;
        Visit(_folder.Time.Now);

        _folder.Time.Now = today.AddDays(3).AddSeconds(-1);
        _folder.Store.Tail.Run(CancellationToken.None);
        Names.Should().HaveCount(1);

        _folder.Time.Now = today.AddDays(3);
        _folder.Store.Tail.Run(CancellationToken.None);
        Names.Should().BeEmpty();
    }

    [Fact]
    public void Hits_that_waited_for_a_week_are_of_one_visitor_and_the_salt_goes_with_them()
    {
        var old = _folder.Time.Now.AddDays(-7);
        Visit(old, old.AddMinutes(1));

        Visitors().Distinct().Should().HaveCount(1);
        Names.Should().BeEmpty();
    }

    [Fact]
    public void A_salt_stays_while_something_is_wrong_with_the_journal()
    {
        Visit(_folder.Time.Now, _folder.Time.Now);
        File.WriteAllText(_folder.Live, Line(_folder.Time.Now.AddDays(-7)) + "\n");

        _folder.Store.Tail.Run(CancellationToken.None).Problems.Should().ContainSingle();
        Names.Should().HaveCount(2);
        _folder.Store.Tail.Run(CancellationToken.None).Problems.Should().BeEmpty();
        Names.Should().HaveCount(1);
    }

    [Fact]
    public void A_half_made_salt_is_forgotten_and_a_damaged_one_is_named()
    {
        _folder.Store.Dispose();
        File.WriteAllText(Path.Combine(Salts, "2026-03-01.new"), "half");
        _folder.Restart();
        Names.Should().BeEmpty();

        _folder.Store.Dispose();
        File.WriteAllText(Path.Combine(Salts, "2026-03-01"), "half");
        FluentActions.Invoking(_folder.Restart).Should().Throw<StoreException>().WithMessage("*2026-03-01*4 bytes*");
        File.Delete(Path.Combine(Salts, "2026-03-01"));
        _folder.Restart();
    }

    private void Visit(params DateTimeOffset[] instants)
    {
        _folder.AppendLines([.. instants.Select(Line)]);
        _folder.Store.Tail.Run(CancellationToken.None);
    }

    private static string Line(DateTimeOffset instant) =>
        JournalLine.Of("demo", "home", instant, userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");

    private string[] Visitors() => [.. _folder.Raw().Select(line => JsonDocument.Parse(line).RootElement.GetProperty("visitor").GetString()!)];
}
