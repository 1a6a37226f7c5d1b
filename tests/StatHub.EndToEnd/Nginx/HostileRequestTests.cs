using System.Text.Json;
using System.Text.RegularExpressions;

namespace StatHub.EndToEnd.Nginx;

/// <summary>One test body, run on each layout of the journal.</summary>
public abstract class HostileRequestTests(string layout) : IAsyncLifetime
{
    private NginxServer _nginx = null!;

    // One worker writes its lines in the order of its answers.
    public async Task InitializeAsync() =>
        _nginx = await NginxServer.StartAsync(("STATHUB_LAYOUT", layout), ("STATHUB_WORKERS", "1"));

    public async Task DisposeAsync() => await _nginx.DisposeAsync();

    [Fact]
    public async Task Each_request_gets_its_status_and_at_most_its_own_line()
    {
        var statuses = new List<string>();
        foreach (var request in HostileRequest.Corpus)
            statuses.Add($"{request.Name}: {RawHttp.Status(await RawHttp.SendAsync(_nginx.Port, request.Bytes, isAll: true))}");
        var lines = await LinesAsync();

        statuses.Except(HostileRequest.Corpus.Select(request => $"{request.Name}: {request.Status}")).Should().BeEmpty();
        lines.Select(line => $"{line.Tenant}/{line.Key}").Should().Equal(
            HostileRequest.Corpus.Where(request => request.Tenant is not null).Select(request => $"{request.Tenant}/{request.Key}"));
    }

    [Fact]
    public async Task Every_line_is_one_json_object_that_begins_with_its_tenant()
    {
        foreach (var request in HostileRequest.Corpus)
            await RawHttp.SendAsync(_nginx.Port, request.Bytes, isAll: true);
        var lines = await LinesAsync();

        lines.Count.Should().Be(HostileRequest.Corpus.Count(request => request.Tenant is not null));
        lines.Should().OnlyContain(line => line.Json.ValueKind == JsonValueKind.Object && line.Json.EnumerateObject().Count() == 19);
        // The reader finds the line after a torn one by this text, so it must not be anywhere else.
        lines.Should().OnlyContain(line => line.Text.LastIndexOf("{\"tenant\":\"", StringComparison.Ordinal) == 0);
    }

    [Fact]
    public async Task Nothing_is_written_outside_the_journal_and_the_folder_of_nginx()
    {
        var before = FilesOutsideTheJournal();
        foreach (var request in HostileRequest.Corpus)
            await RawHttp.SendAsync(_nginx.Port, request.Bytes, isAll: true);
        await LinesAsync();

        FilesOutsideTheJournal().Should().BeEquivalentTo(before);
        Directory.GetDirectories(_nginx.JournalFolder).Should().BeEmpty();
        Directory.GetFiles(_nginx.JournalFolder).Select(Path.GetFileName).Should()
            .OnlyContain(name => Regex.IsMatch(name!, FileNames(layout)));
        OpenLogs().Should().OnlyContain(path => path.StartsWith(_nginx.DataFolder + "/", StringComparison.Ordinal));
    }

    private static string FileNames(string layout) => layout == "files"
        ? @"\A(hits|[a-z0-9]{1,32}-[A-Za-z0-9._-]{1,100}-\d{4}(-\d\d){4})\.log\z"
        : @"\Ahits\.log\z";

    private List<string> FilesOutsideTheJournal() =>
        [.. Directory.GetFiles(_nginx.DataFolder, "*", SearchOption.AllDirectories)
            .Where(file => !file.StartsWith(_nginx.JournalFolder + "/", StringComparison.Ordinal))];

    private List<string> OpenLogs() =>
        [.. _nginx.WorkerPids.Append(_nginx.MasterPid)
            .SelectMany(pid => Directory.GetFiles($"/proc/{pid}/fd"))
            .Select(link => File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName)
            .OfType<string>()
            .Where(path => path.EndsWith(".log", StringComparison.Ordinal))];

    /// <summary>The lines in the order of their connections. A hit after all others proves that theirs are there.</summary>
    private async Task<IReadOnlyList<JournalLine>> LinesAsync()
    {
        await _nginx.Client.GetAsync("/p/demo/mark");
        await _nginx.WaitAsync(() => _nginx.Lines().Any(line => line.Key == "mark"), "the mark");
        return [.. _nginx.Lines().Where(line => line.Key != "mark").OrderBy(line => line.Json.GetProperty("connection").GetInt64())];
    }
}

public sealed class HostileRequestsToTheLiveFile() : HostileRequestTests("journal");

public sealed class HostileRequestsToTheBufferedFile() : HostileRequestTests("buffered");

public sealed class HostileRequestsToFilesPerKey() : HostileRequestTests("files");
