using StatHub.Client;

// StatHub__Url=http://127.0.0.1:8080 StatHub__Token=… dotnet run --project samples/AspNet
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddStatHub();
var app = builder.Build();

app.MapPost("/orders/{product}", async (string product, StatHubClient stathub) =>
{
    // Done at once: the event goes out in the background.
    await stathub.LogAsync("order", uid: "", new { product });
    return Results.Accepted();
});
app.MapGet("/orders/today", async (StatHubClient stathub, CancellationToken cancellationToken) =>
    (await stathub.CountAsync(new HitQuery { Key = "order", Fresh = true }, cancellationToken)).Hits);
app.MapGet("/statistics", (StatHubClient stathub) => stathub.Statistics);

await app.Services.GetRequiredService<StatHubClient>().SystemStartupAsync();
await app.RunAsync();
