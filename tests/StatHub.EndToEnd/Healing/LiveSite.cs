using System.Globalization;
using System.Net;
using System.Text.Json;
using StatHub.EndToEnd.Conservation;
using StatHub.EndToEnd.Nginx;
using StatHub.EndToEnd.Service;

namespace StatHub.EndToEnd.Healing;

/// <summary>nginx, the service, a witness of every line, and visitors who do not stop when something breaks.</summary>
public sealed class LiveSite : IAsyncDisposable
{
    private readonly Witness _witness;

    private LiveSite(NginxServer nginx, ApiServer api, Witness witness)
    {
        (Nginx, Api, _witness) = (nginx, api, witness);
        Visitors = new Visitors(nginx);
        Visitors.Start();
    }

    public NginxServer Nginx { get; }

    public ApiServer Api { get; }

    public Visitors Visitors { get; }

    /// <summary>The names of cut files that are in the journal.</summary>
    public IReadOnlyList<string> CutFiles => [.. Directory.GetFiles(Nginx.JournalFolder, "hits-*").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    /// <summary>Starts the service on nginx's journal, with patience that suits a test, and the visitors.</summary>
    public static Task<LiveSite> StartAsync(NginxServer nginx, params (string Name, string Value)[] settings) =>
        StartAsync(nginx, ["dotnet", ApiServer.ServerDll()], settings);

    /// <summary>The same with a command that starts the service.</summary>
    public static async Task<LiveSite> StartAsync(NginxServer nginx, IReadOnlyList<string> command, params (string Name, string Value)[] settings)
    {
        // The witness's links lie beside the journal, on its disk.
        var journal = new DirectoryInfo(nginx.JournalFolder).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? nginx.JournalFolder;
        var witness = new Witness(journal);
        try
        {
            var api = await ApiServer.StartAsync(
                nginx,
                command,
                [
                    ("StatHub__Journal__ReopenPatience", "00:00:01"), ("StatHub__Journal__HealInterval", "00:00:00.500"),
                    ("StatHub__Journal__CommitInterval", "00:00:00.200"), ("StatHub__Health__MinFreeBytes", "1048576"), .. settings,
                ]);
            return new LiveSite(nginx, api, witness);
        }
        catch
        {
            witness.Dispose();
            throw;
        }
    }

    /// <summary>Why the service says that it is not ready; nothing when it is.</summary>
    public async Task<IReadOnlyList<string>> ReasonsAsync()
    {
        using var answer = await Api.Client.GetAsync("/readyz");
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.OK)
            return [];
        answer.StatusCode.Should().Be(HttpStatusCode.ServiceUnavailable, text);
        return [.. JsonDocument.Parse(text).RootElement.GetProperty("reasons").EnumerateArray().Select(reason => reason.GetString()!)];
    }

    /// <summary>Waits until readiness gives a reason.</summary>
    public Task BrokenAsync(string reason) =>
        Api.WaitAsync(async () => (await ReasonsAsync()).Any(one => one.Contains(reason, StringComparison.Ordinal)), $"the reason '{reason}'");

    /// <summary>Waits until readiness has nothing to say against the service.</summary>
    public Task ReadyAsync() => Api.WaitAsync(async () => (await ReasonsAsync()).Count == 0, "readiness");

    /// <summary>A number that Prometheus would scrape.</summary>
    public async Task<double> MetricAsync(string name)
    {
        var text = await Api.Client.GetStringAsync("/metrics");
        var line = text.Split('\n').Single(one => one.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until lines that are written from now on are in answers.</summary>
    public async Task CountsGoOnAsync()
    {
        // More than the visitors have under way at any moment.
        var enough = await CommittedAsync() + 500;
        await Api.WaitAsync(async () => await CommittedAsync() >= enough, "counts to go on");
    }

    /// <summary>Stops the visitors and proves that answers, lines, hits and ledger agree.</summary>
    public async Task ConservedAsync()
    {
        var hits = await EveryLineIsCountedOnceAsync();
        hits.Should().BeInRange(Visitors.Accepted, Visitors.Accepted + Visitors.Unanswered);
    }

    /// <summary>The same where nginx answers and cannot write every line: at most the answers are hits.</summary>
    public async Task<(long Hits, long Fragments)> ConservedButWhatNginxCouldNotWriteAsync()
    {
        var hits = await EveryLineIsCountedOnceAsync();
        hits.Should().BeLessThan(Visitors.Accepted);
        return (hits, _witness.Fragments());
    }

    /// <summary>Waits until files that are done are removed: only the live file stays.</summary>
    public Task CutFilesAreRemovedAsync() => Api.WaitAsync(() => Task.FromResult(CutFiles.Count == 0), "cut files to be removed");

    public async ValueTask DisposeAsync()
    {
        await Visitors.DisposeAsync();
        await Api.DisposeAsync();
        _witness.Dispose();
    }

    private async Task<long> EveryLineIsCountedOnceAsync()
    {
        await Visitors.StopAsync();
        var hits = await Api.HitsAsync("demo") + await Api.HitsAsync("other");
        var ledger = await Api.LedgerAsync();
        hits.Should().Be(_witness.ValidLines(), "each line that was written is counted, {0} were answered", Visitors.Accepted);
        ledger["counted"].Should().Be(hits);
        ledger.Where(outcome => outcome.Key != "counted").Sum(outcome => outcome.Value)
            .Should().Be(_witness.Fragments(), "whatever else was written is in the ledger");
        return hits;
    }

    private async Task<long> CommittedAsync() => (await Api.LedgerAsync())["counted"];
}
