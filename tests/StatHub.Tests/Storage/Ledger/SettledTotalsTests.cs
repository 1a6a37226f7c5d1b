using StatHub.Core.Journal;
using StatHub.Core.Time;
using StatHub.Storage.Ledger;
using StatHub.Storage.Sqlite;
using StatHub.Tests.Journal;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Storage.Ledger;

public sealed class SettledTotalsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("stathub ledger ").FullName;
    private readonly ManualTime _time = new(DateTimeOffset.FromUnixTimeMilliseconds(Lines.Now));
    private readonly Writer _writer;
    private readonly ReadPool _readers;
    private readonly SqliteLedger _ledger;

    public SettledTotalsTests()
    {
        _writer = new Writer(_folder, DatabaseFile.Hits);
        _ = _writer.State;
        _readers = new ReadPool(_folder, DatabaseFile.Hits);
        _ledger = new SqliteLedger(_readers, _time);
    }

    public void Dispose()
    {
        _readers.Dispose();
        _writer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(45)]
    [InlineData(3000)]
    public void Sums_of_all_time_are_those_of_all_rows_whenever_and_however_often_they_are_asked_for(int mostMinutes)
    {
        var random = new Random(mostMinutes);
        for (var step = 0; step < 200; step++)
        {
            Book(random);
            if (random.Next(3) > 0)
                Compare();
            _time.Now = _time.Now.AddMinutes(random.Next(mostMinutes));
        }
        Compare();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(30)]
    [InlineData(100_000)]
    public void A_clock_that_was_set_back_hides_no_line(int minutes)
    {
        var random = new Random(minutes);
        Book(random);
        _time.Now = _time.Now.AddDays(1);
        Compare();

        _time.Now = _time.Now.AddMinutes(-minutes);
        for (var step = 0; step < 20; step++)
        {
            Book(random);
            Compare();
            _time.Now = _time.Now.AddMinutes(random.Next(minutes));
        }
    }

    [Fact]
    public void What_is_settled_is_not_read_again()
    {
        Book(new Random(1));
        _time.Now = _time.Now.AddDays(1);
        var before = _ledger.Totals(MinuteRange.All, null);
        before.Lines.Should().BePositive();

        _writer.Transaction(() => _writer.Sql("DELETE FROM ledger").Run());

        _ledger.Totals(MinuteRange.All, null).Should().BeEquivalentTo(before);
    }

    private void Book(Random random) => _writer.Transaction(() => _writer.Sql(
        "INSERT INTO ledger VALUES (?1, ?2, ?3, ?4) ON CONFLICT (minute, tenant, outcome) DO UPDATE SET lines = lines + excluded.lines")
        .Run(MinuteRange.MinuteOf(_time.Now), random.Next(3), random.Next(3), random.Next(1, 100)));

    private void Compare()
    {
        var rows = _readers.Ask(reader => Enumerable.Range(0, 3)
            .Select(outcome => reader.Sql("SELECT sum(lines) FROM ledger WHERE outcome = ?1").Number(outcome) ?? 0).ToList());
        var totals = _ledger.Totals(MinuteRange.All, null);
        totals.Counted.Should().Be(rows[0]);
        totals.Rejected.GetValueOrDefault((RejectReason)1).Should().Be(rows[1]);
        totals.Rejected.GetValueOrDefault((RejectReason)2).Should().Be(rows[2]);
    }
}
