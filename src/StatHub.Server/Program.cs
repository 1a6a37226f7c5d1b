using StatHub.Server;
using StatHub.Server.Classic;
using StatHub.Server.Compaction;
using StatHub.Server.Health;
using StatHub.Server.Hits;
using StatHub.Server.Http;
using StatHub.Server.Journal;
using StatHub.Server.Ledger;
using StatHub.Server.Logging;
using StatHub.Server.Metrics;
using StatHub.Server.Nginx;
using StatHub.Server.OpenApi;
using StatHub.Server.Store;
using StatHub.Server.Tenants;
using StatHub.Server.Tokens;

var builder = WebApplication.CreateSlimBuilder(args);
builder.AddLogs();
builder.Services.AddStatHubOptions(builder.Configuration);
builder.Services.AddHttpAnswers();
builder.Services.AddTokens();
builder.Services.AddTenants(builder.Configuration);
builder.Services.AddStore(builder.Configuration);
builder.Services.AddNginx(builder.Configuration);
builder.Services.AddJournal(builder.Configuration);
builder.Services.AddCompaction(builder.Configuration);
builder.Services.AddHealth(builder.Configuration);
builder.Services.AddRequestMeters();
builder.Services.AddApiDocument();

var app = builder.Build();
app.UseRequestMeters();
app.UseRequestLog();
app.UseErrorAnswers();
app.UseTokens();
app.MapTenants();
app.MapTokens();
app.MapHits();
app.MapLedger();
app.MapNginx();
app.MapHealth();
app.MapMetrics();
app.MapClassic();
app.MapApiDocument();
return await app.RunOrExplainAsync(Console.Error);

/// <summary>The service's entry; public for tests that start it in their process.</summary>
public partial class Program;
