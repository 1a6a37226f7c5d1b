using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using StatHub.Core.Dimensions;
using StatHub.Core.Hits;
using StatHub.Core.Journal;
using StatHub.Core.Ledger;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Core.Verification;
using StatHub.Server.Tokens;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

/// <summary>The whole API in this process, over the memory store and a clock that stands still.</summary>
public sealed class StatHubApi : WebApplicationFactory<Program>
{
    /// <summary>A Sunday.</summary>
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 30, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("stathub-").FullName;

    public StatHubApi()
    {
        Time = new ManualTime(Noon);
        Store = new MemoryStore(Time);
        Journal = new MemoryJournal(Store, Time);
        Register("demo");
    }

    public ManualTime Time { get; }

    public MemoryStore Store { get; }

    public MemoryJournal Journal { get; }

    /// <summary>Where raw hits come from; the store unless a test says otherwise before the start.</summary>
    public IRawHits? Raw { get; set; }

    public string Folder => _folder;

    /// <summary>Settings besides the data folder.</summary>
    public Dictionary<string, string> Settings { get; } = [];

    /// <summary>As at the beginning: tests of a class share one API, whose start costs more than they do.</summary>
    public void Reset()
    {
        Time.Now = Noon;
        Store.Clear();
        Journal.Clear();
        Register("demo");
    }

    public void Register(string tenant) =>
        Store.TryCreate(new Tenant(TenantId.Parse(tenant), tenant, null, Noon.AddYears(-1)));

    /// <summary>Makes a token and gives its secret.</summary>
    public string Token(TokenScopes scopes, string? tenant = null)
    {
        var secret = TokenSecret.Create();
        Store.Create("test", tenant is null ? null : TenantId.Parse(tenant), scopes, TokenSecret.Hash(secret));
        return secret;
    }

    /// <summary>A client with a token that may do everything, or the given one.</summary>
    public HttpClient Client(string? token = null)
    {
        var client = CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token ?? Token(TokenScopes.Admin));
        return client;
    }

    /// <summary>A client without a token.</summary>
    public HttpClient Anonymous() => CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

    public async Task<JsonElement> JsonAsync(string path) => await JsonAsync(await Client().GetAsync(path));

    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer) =>
        JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseSetting("StatHub:DataPath", _folder);
        builder.UseSetting("StatHub:Nginx:PidFile", Path.Combine(_folder, "nginx.pid"));
        foreach (var (name, value) in Settings)
            builder.UseSetting(name, value);
        builder.ConfigureTestServices(services =>
        {
            // The memory journal reads when a test says so, and nothing is compacted, forgotten or copied.
            foreach (var worker in services.Where(IsJournalWorker).ToList())
                services.Remove(worker);
            services.AddSingleton<TimeProvider>(Time);
            services.Replace(ServiceDescriptor.Singleton<IHitCounts>(Store));
            services.Replace(ServiceDescriptor.Singleton<IDimensionCounts>(new MemoryDimensions(Store)));
            services.Replace(ServiceDescriptor.Singleton(Raw ?? Store));
            services.Replace(ServiceDescriptor.Singleton<ITenantStore>(Store));
            services.Replace(ServiceDescriptor.Singleton<ITokenStore>(Store));
            services.Replace(ServiceDescriptor.Singleton<ILedger>(Store));
            services.Replace(ServiceDescriptor.Singleton<IVerifier>(Store));
            services.Replace(ServiceDescriptor.Singleton<IJournal>(Journal));
        });
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing && Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static bool IsJournalWorker(ServiceDescriptor service) => service.ServiceType == typeof(IHostedService)
        && (service.ImplementationType ?? service.ImplementationFactory?.Method.ReturnType)?.Namespace is { } name
        && (name.EndsWith(".Journal", StringComparison.Ordinal) || name.EndsWith(".Store", StringComparison.Ordinal)
            || name.EndsWith(".Compaction", StringComparison.Ordinal) || name.EndsWith(".Retention", StringComparison.Ordinal)
            || name.EndsWith(".Backups", StringComparison.Ordinal));
}
