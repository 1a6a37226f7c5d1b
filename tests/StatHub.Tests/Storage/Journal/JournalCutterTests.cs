using StatHub.Core.Journal;
using StatHub.Core.Nginx;
using StatHub.Storage.Journal;
using StatHub.Tests.Journal;

namespace StatHub.Tests.Storage.Journal;

public sealed class JournalCutterTests : IDisposable
{
    private readonly StoreFolder _folder = new();
    private readonly Writer _nginx;

    public JournalCutterTests() => _nginx = new Writer(_folder.Live);

    public void Dispose()
    {
        _nginx.Dispose();
        _folder.Dispose();
    }

    private JournalCutter Cutter(IReopenSignal signal) => _folder.Store.CreateCutter(signal);

    private string[] Files() => [.. Directory.GetFiles(_folder.Journal).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private string CutNow(int again = 0) => JournalFileName.ForCut(new DateTimeOffset(File.GetLastWriteTimeUtc(_folder.Live)), again);

    [Fact]
    public async Task A_cut_renames_the_live_file_after_the_minute_of_its_last_hit_and_signals()
    {
        _nginx.Write(Lines.Hit());
        var minute = new DateTime(2026, 9, 21, 14, 13, 59, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(_folder.Live, minute);
        using var cutter = Cutter(_nginx);

        var cut = await cutter.CutAsync(CancellationToken.None);

        cut.Should().Be(new JournalCut("hits-2026-09-21-14-13.log", Lines.Hit().Length + 1, Signalled: true, null));
        Files().Should().Equal("hits-2026-09-21-14-13.log", "hits.log");
        cutter.Problem.Should().BeNull();
    }

    [Fact]
    public async Task Further_cuts_in_one_minute_never_replace_a_file()
    {
        using var cutter = Cutter(_nginx);
        for (var i = 0; i < 3; i++)
        {
            _nginx.Write(Lines.Hit(key: $"k{i}"));
            File.SetLastWriteTimeUtc(_folder.Live, new DateTime(2026, 9, 21, 14, 13, 0, DateTimeKind.Utc));
            await cutter.CutAsync(CancellationToken.None);
        }
        Files().Should().Equal("hits-2026-09-21-14-13.log", "hits-2026-09-21-14-13.log.1", "hits-2026-09-21-14-13.log.2", "hits.log");
        _folder.Store.Tail.Run(CancellationToken.None).Lines.Should().Be(3);
    }

    [Fact]
    public async Task An_empty_live_file_is_not_cut()
    {
        _nginx.SendAsync(CancellationToken.None).IsCompleted.Should().BeTrue();
        using var cutter = Cutter(_nginx);
        (await cutter.CutAsync(CancellationToken.None)).File.Should().BeNull();
        Files().Should().Equal("hits.log");
    }

    [Fact]
    public async Task While_the_signal_fails_nothing_more_is_cut_and_lines_go_on_into_the_cut_file()
    {
        _nginx.Write(Lines.Hit());
        var name = CutNow();
        using (var cutter = Cutter(new Broken()))
        {
            await cutter.Invoking(one => one.CutAsync(CancellationToken.None)).Should().ThrowAsync<ReopenException>();
            cutter.Problem.Should().Be("no way");
            _nginx.Write(Lines.Hit());
            await cutter.Invoking(one => one.CutAsync(CancellationToken.None)).Should().ThrowAsync<ReopenException>();
            Files().Should().Equal(name);
            _folder.Store.Tail.Run(CancellationToken.None).Lines.Should().Be(2);
            File.Exists(Path.Combine(_folder.Journal, name)).Should().BeTrue();
        }

        // Another process, after a restart, sees from the files alone that a cut is not done.
        using var healed = Cutter(_nginx);
        await healed.HealAsync(CancellationToken.None);
        healed.Problem.Should().BeNull();
        _nginx.Write(Lines.Hit());
        Files().Should().Equal(name, "hits.log");
        _folder.Store.Tail.Run(CancellationToken.None);
        _folder.Hits().Should().Be(3);
        Files().Should().Equal("hits.log");
    }

    /// <summary>Writes as nginx does: one open file, until it is told to open it anew.</summary>
    private sealed class Writer : IReopenSignal, IDisposable
    {
        private readonly string _path;
        private FileStream _file;

        public Writer(string path) => (_path, _file) = (path, Open(path));

        public void Write(string line)
        {
            _file.Write(Lines.Bytes(line + "\n"));
            _file.Flush();
        }

        public Task SendAsync(CancellationToken cancellationToken)
        {
            _file.Dispose();
            _file = Open(_path);
            return Task.CompletedTask;
        }

        public void Dispose() => _file.Dispose();

        private static FileStream Open(string path) => new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    }

    private sealed class Broken : IReopenSignal
    {
        public Task SendAsync(CancellationToken cancellationToken) => throw new ReopenException("no way");
    }
}
