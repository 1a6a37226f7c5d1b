// What Kestrel does at best: an endpoint that answers nothing.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
var app = builder.Build();
app.MapGet("/", () => Results.Ok());
await app.RunAsync();
