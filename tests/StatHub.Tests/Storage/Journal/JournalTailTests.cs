using StatHub.Core.Hits;
using StatHub.Core.Tenants;
using StatHub.Core.Time;
using StatHub.Storage.Commits;
using StatHub.Tests.Journal;

namespace StatHub.Tests.Storage.Journal;

public sealed class JournalTailTests : IDisposable
{
    private const string CutName = "hits-2026-09-21-14-13.log";

    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private long Run() => _folder.Store.Tail.Run(CancellationToken.None).Lines;

    private string PathOf(string name) => Path.Combine(_folder.Journal, name);

    [Fact]
    public void Lines_are_counted_once_however_often_the_journal_is_read()
    {
        _folder.AppendLines(Lines.Hit(), Lines.Hit());
        Run().Should().Be(2);
        Run().Should().Be(0);
        _folder.AppendLines(Lines.Hit());
        Run().Should().Be(1);
        _folder.Restart();
        Run().Should().Be(0);
        _folder.Hits().Should().Be(3);
        _folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 3 });
    }

    [Fact]
    public void An_unfinished_line_waits_for_its_end_byte_by_byte()
    {
        var line = Lines.Hit() + "\n";
        for (var i = 0; i < line.Length - 1; i++)
        {
            _folder.Append(line[i..(i + 1)]);
            if (i % 50 == 0)
                Run().Should().Be(0);
        }
        _folder.Append("\n");
        Run().Should().Be(1);
        _folder.Hits().Should().Be(1);
    }

    [Fact]
    public void A_cut_file_is_read_on_from_where_the_live_file_was_left()
    {
        _folder.AppendLines(Lines.Hit());
        Run();
        File.Move(_folder.Live, PathOf(CutName));
        _folder.AppendLines(Lines.Hit());
        using (var writer = new StreamWriter(PathOf(CutName), append: true))
        {
            writer.Write(Lines.Hit() + "\n");
            writer.Flush();
            Run().Should().Be(2);
            File.Exists(PathOf(CutName)).Should().BeTrue("somebody has it open for writing");
            writer.Write(Lines.Hit() + "\n");
        }
        Run().Should().Be(1);
        File.Exists(PathOf(CutName)).Should().BeFalse();
        _folder.Hits().Should().Be(4);
    }

    [Fact]
    public void A_last_line_that_nobody_will_finish_is_torn_and_does_not_keep_its_file()
    {
        _folder.Append(Lines.Hit() + "\n" + Lines.Hit()[..60], CutName);
        Run().Should().Be(1);
        Run().Should().Be(1);
        Run().Should().Be(0);
        File.Exists(PathOf(CutName)).Should().BeFalse();
        _folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 1, ["torn"] = 1 });
    }

    [Fact]
    public void A_last_line_that_lacks_only_its_newline_is_counted_when_its_file_is_closed()
    {
        _folder.Append(Lines.Hit(), CutName);
        Run();
        Run();
        _folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 1 });
    }

    [Fact]
    public void An_empty_cut_file_is_removed()
    {
        _folder.Append("", CutName);
        Run();
        File.Exists(PathOf(CutName)).Should().BeFalse();
    }

    [Fact]
    public void A_second_link_to_a_file_is_the_same_file()
    {
        _folder.AppendLines(Lines.Hit());
        System.Diagnostics.Process.Start("ln", [_folder.Live, PathOf(CutName)]).WaitForExit();
        Run().Should().Be(1);
        _folder.Hits().Should().Be(1);
    }

    [Fact]
    public void A_copy_of_a_file_is_booked_as_duplicates()
    {
        _folder.AppendLines(Enumerable.Range(0, 10).Select(i => Lines.Hit(key: $"k{i}")).ToArray());
        Run();
        File.Copy(_folder.Live, PathOf(CutName));
        Run().Should().Be(10);
        _folder.Ledger("demo").Should().Equal(new Dictionary<string, long> { ["counted"] = 10, ["duplicate"] = 10 });
    }

    [Fact]
    public void A_copy_of_a_file_that_was_removed_is_booked_as_duplicates()
    {
        _folder.Append(string.Concat(Enumerable.Range(0, 10).Select(i => Lines.Hit(key: $"k{i}") + "\n")), CutName);
        var copy = File.ReadAllBytes(PathOf(CutName));
        Run();
        File.Exists(PathOf(CutName)).Should().BeFalse();
        File.WriteAllBytes(PathOf("hits-2026-09-21-14-14.log"), copy);
        _folder.Restart();
        Run();
        _folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 10, ["duplicate"] = 10 });
    }

    [Fact]
    public void A_journal_that_was_moved_to_another_disk_goes_on()
    {
        _folder.AppendLines(Enumerable.Range(0, 10).Select(i => Lines.Hit(key: $"k{i}")).ToArray());
        Run();
        var copy = File.ReadAllBytes(_folder.Live);
        var hold = File.OpenRead(_folder.Live); // so that the inode is not given again
        File.Delete(_folder.Live);
        File.WriteAllBytes(_folder.Live, copy);
        _folder.AppendLines(Lines.Hit());
        _folder.Restart();
        Run().Should().Be(1);
        hold.Dispose();
        _folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 11 });
    }

    [Fact]
    public void A_new_file_with_the_inode_of_an_old_one_is_read_from_its_beginning()
    {
        _folder.AppendLines(Lines.Hit(key: "old"), Lines.Hit(key: "old"));
        Run();
        using (var file = new FileStream(_folder.Live, FileMode.Truncate))
            file.Write(Lines.Bytes(string.Concat(Enumerable.Repeat(Lines.Hit(key: "new") + "\n", 5))));
        Run().Should().Be(5);
        _folder.Hits(key: "old").Should().Be(2);
        _folder.Hits(key: "new").Should().Be(5);
    }

    [Fact]
    public void A_file_that_was_truncated_is_read_again_and_reported()
    {
        _folder.AppendLines(Enumerable.Range(0, 5).Select(i => Lines.Hit(key: $"k{i}")).ToArray());
        Run();
        File.WriteAllText(_folder.Live, Lines.Hit(key: "after") + "\n");
        var pass = _folder.Store.Tail.Run(CancellationToken.None);
        pass.Problems.Should().ContainSingle().Which.Should().Contain("hits.log was truncated");
        _folder.Hits().Should().Be(6);
    }

    [Fact]
    public void A_backlog_is_committed_in_batches_and_counted_exactly()
    {
        using var folder = new StoreFolder(batchBytes: 50_000);
        for (var file = 0; file < 4; file++)
            folder.Append(string.Concat(Enumerable.Range(0, 1000).Select(i => Lines.Hit(key: $"k{file}{i % 7}", at: 1_789_990_000.5 + i) + "\n")), $"hits-2026-09-21-14-1{file}.log");
        folder.Store.Tail.Run(CancellationToken.None).Lines.Should().Be(4000);
        folder.Hits().Should().Be(4000);
        folder.Raw().Should().HaveCount(4000);
        Directory.GetFiles(folder.Journal).Should().BeEmpty();
        folder.Store.Tail.PendingBytes.Should().Be(0);
    }

    [Theory]
    [InlineData(1, 6)]
    [InlineData(3, 6)]
    [InlineData(20, 2)]
    public void A_batch_of_tenants_with_few_lines_each_is_larger_and_counted_exactly(int tenants, int batches)
    {
        using var folder = new StoreFolder(batchBytes: 20_000, thinBatchBytes: 60_000, tenants: false);
        for (var tenant = 0; tenant < tenants; tenant++)
            folder.Register($"t{tenant}");
        var lines = Enumerable.Range(0, 240).Select(i => Lines.Hit(tenant: $"t{i % tenants}", at: 1_789_990_000.5 + i)).ToList();
        // 117 kB; files end within batches.
        foreach (var (file, part) in lines.Chunk(70).Index())
            folder.Append(string.Join('\n', part) + "\n", $"hits-2026-09-21-14-1{file}.log");

        folder.Store.Tail.Run(CancellationToken.None).Lines.Should().Be(240);

        for (var tenant = 0; tenant < tenants; tenant++)
            folder.Store.Counts.Count(new HitScope(TenantId.Parse($"t{tenant}")), MinuteRange.All).Hits.Should().Be(240 / tenants);
        folder.Verify().IsClean.Should().BeTrue();
        long.Parse(folder.Sql("SELECT value FROM counter WHERE name = 'batch'")).Should().Be(batches);
    }

    [Theory]
    [InlineData(240, 2)]
    [InlineData(12, 6)]
    public void A_batch_of_keys_with_few_lines_each_is_larger_and_counted_exactly(int keys, int batches)
    {
        using var folder = new StoreFolder(batchBytes: 20_000, thinBatchBytes: 60_000);
        folder.Append(string.Concat(Enumerable.Range(0, 240).Select(i => Lines.Hit(key: $"k{i % keys}", at: 1_789_990_000.5 + i) + "\n")));

        folder.Store.Tail.Run(CancellationToken.None).Lines.Should().Be(240);

        folder.Store.Counts.Count(new HitScope(TenantId.Parse("demo"), HitKey.Parse("k7")), MinuteRange.All).Hits.Should().Be(240 / keys);
        folder.Hits().Should().Be(240);
        folder.Verify().IsClean.Should().BeTrue();
        long.Parse(folder.Sql("SELECT value FROM counter WHERE name = 'batch'")).Should().Be(batches);
    }

    [Fact]
    public void What_waits_gets_less_with_each_batch_of_a_backlog()
    {
        using var folder = new StoreFolder(batchBytes: 50_000);
        var backlog = string.Concat(Enumerable.Range(0, 4000).Select(i => Lines.Hit(at: 1_789_990_000.5 + i) + "\n"));
        folder.Append(backlog);
        var waiting = new List<long>();
        folder.OnCommitStep = step =>
        {
            if (step == CommitStep.Committed)
                waiting.Add(folder.Store.Tail.PendingBytes);
        };

        folder.Store.Tail.Run(CancellationToken.None).Lines.Should().Be(4000);

        waiting.Should().HaveCountGreaterThan(4).And.BeInDescendingOrder().And.OnlyHaveUniqueItems().And.StartWith(backlog.Length);
        waiting[^1].Should().BeLessThan(2 * 50_000);
        folder.Store.Tail.PendingBytes.Should().Be(0);
    }

    [Fact]
    public void The_seeds_layout_is_read_and_its_files_are_kept_until_their_minute_is_well_over()
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(Lines.Now).UtcDateTime;
        string Name(DateTime minute) => $"demo-a-b-{minute:yyyy-MM-dd-HH-mm}.log";
        _folder.Append("""{"time_iso8601":"2026-09-21T14:13:19+00:00","status":"200",}""" + "\n", Name(now));
        _folder.Append("""{"time_iso8601":"2026-09-21T14:03:19+00:00","status":"200",}""" + "\n", Name(now.AddMinutes(-10)));
        Run().Should().Be(2);
        _folder.Hits(key: "a-b").Should().Be(2);
        Directory.GetFiles(_folder.Journal).Select(Path.GetFileName).Should().Equal(Name(now));
        _folder.Raw(key: "a-b")[0].Should().Be("""{"time":"2026-09-21T14:03:19.000Z","tenant":"demo","key":"a-b","time_iso8601":"2026-09-21T14:03:19+00:00","status":"200"}""");
    }

    [Fact]
    public void Garbage_longer_than_any_buffer_is_one_line_and_takes_no_other_with_it()
    {
        _folder.Append(new string('x', 3_000_000) + "\n");
        _folder.Append(new string('\0', 3_000_000) + Lines.Hit() + "\n");
        _folder.AppendLines(Lines.Hit());
        Run();
        _folder.Ledger().Should().Equal(new Dictionary<string, long> { ["counted"] = 2, ["too_long"] = 2 });
    }

    [Fact]
    public void Garbage_without_an_end_waits_and_is_bounded_in_memory()
    {
        _folder.AppendLines(Lines.Hit());
        _folder.Append(new string('x', 3_000_000));
        Run().Should().Be(1);
        Run().Should().Be(0);
        _folder.Store.Tail.PendingBytes.Should().Be(3_000_000);
        _folder.Append("\n" + Lines.Hit() + "\n");
        Run().Should().Be(2);
    }

    [Fact]
    public void Lines_of_a_tenant_count_from_its_registration_on_and_no_more_after_its_erase()
    {
        var late = TenantId.Parse("late");
        _folder.AppendLines(Lines.Hit(tenant: "late"));
        Run();
        _folder.Store.Tenants.TryCreate(new Tenant(late, "Late", null, _folder.Time.GetUtcNow()));
        _folder.AppendLines(Lines.Hit(tenant: "late"));
        Run();
        _folder.Hits("late").Should().Be(1);
        _folder.Store.Tenants.Erase(late).Should().BeTrue();
        _folder.AppendLines(Lines.Hit(tenant: "late"));
        Run();
        _folder.Ledger().Should().Equal(new Dictionary<string, long> { ["unknown_tenant"] = 1, ["counted"] = 1, ["tenant_erased"] = 1 });
    }
}
