using StatHub.Server;
using StatHub.Server.Classic;
using StatHub.Server.Hits;
using StatHub.Server.Http;
using StatHub.Server.Journal;
using StatHub.Server.Ledger;
using StatHub.Server.Nginx;
using StatHub.Server.Store;
using StatHub.Server.Tenants;
using StatHub.Server.Tokens;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddStatHubOptions(builder.Configuration);
builder.Services.AddHttpAnswers();
builder.Services.AddTokens();
builder.Services.AddTenants(builder.Configuration);
builder.Services.AddStore(builder.Configuration);
builder.Services.AddNginx(builder.Configuration);
builder.Services.AddJournal(builder.Configuration);

var app = builder.Build();
app.UseErrorAnswers();
app.UseAuthentication();
app.UseAuthorization();
app.MapTenants();
app.MapTokens();
app.MapHits();
app.MapLedger();
app.MapNginx();
app.MapClassic();
await app.RunAsync();

/// <summary>The service's entry; public for tests that start it in their process.</summary>
public partial class Program;
