using System.Text;
using StatHub.Storage.Events;

namespace StatHub.Tests.Storage.Events;

public sealed class EventJournalTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string Live => Path.Combine(_folder.Journal, "events.log");

    [Fact]
    public async Task Lines_belong_to_their_caller_again_before_they_are_on_disk()
    {
        var appends = new List<Task>();
        var lines = new byte[8];
        for (var i = 0; i < 100; i++)
        {
            Encoding.UTF8.GetBytes($"line {i:00}\n", lines);
            appends.Add(_folder.Store.EventJournal.AppendAsync(lines));
        }
        Array.Clear(lines);
        await Task.WhenAll(appends);

        File.ReadAllLines(Live).Should().Equal(Enumerable.Range(0, 100).Select(i => $"line {i:00}"));
    }

    [Fact]
    public async Task Lines_are_in_the_file_when_the_task_is_done()
    {
        await AppendAsync("one");
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => AppendAsync($"line {i}")));

        File.ReadAllLines(Live).Should().BeEquivalentTo(Enumerable.Range(0, 200).Select(i => $"line {i}").Prepend("one"));
    }

    [Fact]
    public async Task The_file_is_cut_off_when_the_minute_is_over_and_goes_once_it_is_committed()
    {
        await _folder.Store.EventJournal.AppendAsync(Encoding.UTF8.GetBytes(Line("a")));
        _folder.Time.Now = _folder.Time.Now.AddMinutes(1);
        await _folder.Store.EventJournal.AppendAsync(Encoding.UTF8.GetBytes(Line("b")));

        Names().Should().HaveCount(2).And.Contain("events.log").And.ContainMatch("events-20??-??-??-??-??.log");
        _folder.Store.Tail.Run(CancellationToken.None);
        _folder.Store.Tail.Run(CancellationToken.None);
        Names().Should().Equal("events.log");
        _folder.Hits().Should().Be(2);
    }

    [Fact]
    public async Task A_start_glues_nothing_to_what_a_crash_left()
    {
        await _folder.Store.EventJournal.AppendAsync(Encoding.UTF8.GetBytes(Line("a")));
        File.AppendAllText(Live, """{"tenant":"demo","key":"torn""");
        _folder.Restart();
        await _folder.Store.EventJournal.AppendAsync(Encoding.UTF8.GetBytes(Line("b")));

        _folder.Store.Tail.Run(CancellationToken.None);
        _folder.Store.Tail.Run(CancellationToken.None);
        _folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 2, ["torn"] = 1 });
        Names().Should().Equal("events.log");
    }

    [Fact]
    public async Task A_failed_write_is_told_to_everybody_who_waits_and_the_next_begins_another_file()
    {
        await AppendAsync("before");
        Directory.Move(_folder.Journal, _folder.Journal + " away");
        _folder.Time.Now = _folder.Time.Now.AddMinutes(1);
        var failing = () => AppendAsync("lost");
        await failing.Should().ThrowAsync<EventJournalException>();
        _folder.Store.EventJournal.Problem.Should().NotBeNull();

        Directory.Move(_folder.Journal + " away", _folder.Journal);
        await AppendAsync("after");

        _folder.Store.EventJournal.Problem.Should().BeNull();
        File.ReadAllLines(Live).Should().Equal("after");
        Names().Should().HaveCount(2);
    }

    [Fact]
    public async Task After_the_end_nothing_is_taken()
    {
        var journal = _folder.Store.EventJournal;
        await AppendAsync("one");
        _folder.Restart();

        var late = () => journal.AppendAsync("late\n"u8.ToArray());
        await late.Should().ThrowAsync<EventJournalException>();
    }

    private IEnumerable<string> Names() => Directory.GetFiles(_folder.Journal).Select(file => Path.GetFileName(file)).Order();

    private string Line(string key) => $$"""{"tenant":"demo","key":"{{key}}","msec":{{_folder.Time.Now.ToUnixTimeSeconds()}}.000}""" + "\n";

    private Task AppendAsync(string line) => _folder.Store.EventJournal.AppendAsync(Encoding.UTF8.GetBytes(line + "\n"));
}
