using System.Globalization;
using Microsoft.Data.Sqlite;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage;
using StatHub.Tests.Journal;

namespace StatHub.Tests.Storage.Backups;

public sealed class DatabaseCopyTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    private string CopyPath => Path.Combine(_folder.Path, "backup", "stathub.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_copy_is_one_file_with_everything_that_was_committed()
    {
        _folder.Ingest(Lines.Hit(), Lines.Hit(tenant: "other"), "nonsense");

        _folder.Store.DatabaseCopy.Make().Should().BeTrue();

        Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "backup")).Should().Equal(CopyPath);
        _folder.Store.DatabaseCopy.Path.Should().Be(CopyPath);
        _folder.Store.DatabaseCopy.MadeAt.Should().Be(_folder.Time.Now);
        // Bytes 18 and 19 say how a database is written: 1 without a write-ahead log.
        File.ReadAllBytes(CopyPath)[18..20].Should().Equal(1, 1);
        Number("SELECT sum(lines) FROM ledger").Should().Be(3);
        Number("SELECT count(*) FROM tenant WHERE registered = 1").Should().Be(2);
        Number("SELECT sum(lines) FROM member").Should().Be(2);
    }

    [Fact]
    public void It_is_made_again_when_something_was_written_since()
    {
        _folder.Ingest(Lines.Hit());
        Make().Should().BeTrue();
        _folder.Verify().IsClean.Should().BeTrue();
        Make().Should().BeTrue("sums by dimension have followed");
        _folder.Time.Now = _folder.Time.Now.AddHours(1);
        _folder.Store.Tail.Run(CancellationToken.None);
        _folder.Store.Retention.Run();
        Make().Should().BeFalse("a pass that found nothing writes nothing");

        _folder.Ingest(Lines.Hit());
        Make().Should().BeTrue();
        _folder.Store.Tenants.TryCreate(new Tenant(TenantId.Parse("third"), "third", null, _folder.Time.Now));
        Make().Should().BeTrue();
        File.Delete(CopyPath);
        Make().Should().BeTrue();
        Make().Should().BeFalse();
        _folder.Restart();
        Make().Should().BeTrue("what another process copied is not known");
        Number("SELECT sum(lines) FROM ledger").Should().Be(2);
    }

    [Fact]
    public async Task Every_copy_is_one_state_while_hits_are_committed()
    {
        var ingest = Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
                _folder.Ingest([.. Enumerable.Range(0, 20).Select(k => Lines.Hit(key: $"k{(i * 20 + k) % 300}"))]);
        });
        while (!ingest.IsCompleted)
            AssertOneState();
        await ingest;
        AssertOneState().Should().Be(2000);

        long AssertOneState()
        {
            Make();
            var lines = Number("SELECT sum(lines) FROM ledger");
            lines.Should().Be(20 * Number("SELECT value FROM counter WHERE name = 'batch'"));
            Number("SELECT sum(lines) FROM member").Should().Be(lines);
            Number("SELECT sum(day.hits) FROM day JOIN series ON series.id = day.series WHERE key = ''").Should().Be(lines);
            return lines;
        }
    }

    [Theory]
    [InlineData("an index")]
    [InlineData("no counter")]
    [InlineData("no database")]
    public void What_is_damaged_does_not_replace_the_copy_of_before(string damage)
    {
        _folder.Ingest(Lines.Hit(), Lines.Hit(key: "a/b"));
        Make();
        var before = File.ReadAllBytes(CopyPath);
        _folder.Ingest(Lines.Hit(key: "c/d"));
        Damage(damage);

        var make = () => Make();
        make.Should().Throw<StoreException>().WithMessage(damage == "no database" ? "The database cannot be copied: *" : "The database *stathub.db.tmp is damaged: *");

        File.ReadAllBytes(CopyPath).Should().Equal(before);
        Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "backup")).Should().Equal(CopyPath);
    }

    [Fact]
    public void What_a_crash_left_of_a_copy_is_in_nobodys_way()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "backup"));
        File.WriteAllText(CopyPath + ".tmp", "half a copy");
        File.WriteAllText(CopyPath + ".tmp-journal", "and what SQLite notes beside it");

        Make().Should().BeTrue();

        Directory.GetFileSystemEntries(Path.Combine(_folder.Path, "backup")).Should().Equal(CopyPath);
    }

    private void Damage(string how)
    {
        var database = Path.Combine(_folder.Path, "stathub.db");
        switch (how)
        {
            case "an index":
                _folder.Store.Dispose();
                var page = int.Parse(_folder.Shell("sqlite3 stathub.db \"SELECT rootpage FROM sqlite_schema WHERE name = 'rejected_by_day'\""), CultureInfo.InvariantCulture);
                var pageBytes = long.Parse(_folder.Shell("sqlite3 stathub.db \"PRAGMA page_size\""), CultureInfo.InvariantCulture);
                using (var file = File.OpenHandle(database, FileMode.Open, FileAccess.ReadWrite))
                    RandomAccess.Write(file, new byte[6], page * pageBytes - 6);
                _folder.Restart();
                break;
            case "no counter":
                _folder.Shell("sqlite3 stathub.db \"DELETE FROM counter WHERE name = 'segment'\"").Should().BeEmpty();
                _folder.Ingest(Lines.Hit());
                break;
            default:
                // Who writes goes on with the file that it has open; who opens the name finds this.
                _folder.Shell("mkdir open; mv stathub.db* open; head -c 100000 /dev/zero > stathub.db");
                break;
        }
    }

    private bool Make() => _folder.Store.DatabaseCopy.Make();

    private long Number(string sql)
    {
        using var database = new SqliteConnection($"Data Source={CopyPath};Mode=ReadOnly;Pooling=False");
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar() is long number ? number : 0;
    }
}
