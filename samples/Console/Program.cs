using StatHub.Client;

// STATHUB_URL=http://127.0.0.1:8080 STATHUB_TOKEN=… STATHUB_TENANT=demo dotnet run --project samples/Console
var options = new StatHubClientOptions
{
    Url = new Uri(Environment.GetEnvironmentVariable("STATHUB_URL") ?? "http://127.0.0.1:8080"),
    Token = Environment.GetEnvironmentVariable("STATHUB_TOKEN"),
    Tenant = Environment.GetEnvironmentVariable("STATHUB_TENANT"),
};
if (options.Mistakes() is { Count: > 0 } mistakes)
{
    Console.Error.WriteLine(string.Join(Environment.NewLine, mistakes));
    return 2;
}

await using var stathub = new StatHubClient(options);
await stathub.SystemStartupAsync();
foreach (var plan in (string[])["free", "pro", "pro"])
    await stathub.LogAsync("signup", uid: $"user-{plan}", new { plan, value = plan == "pro" ? 29.9 : 0 });
await stathub.FlushAsync();

try
{
    var count = await stathub.CountAsync(new HitQuery { Key = "signup", Fresh = true });
    Console.WriteLine($"{count.Hits} signups today, worth {count.Value}, by {count.Visitors} visitors");
    foreach (var plan in (await stathub.TopAsync(new HitQuery { Key = "signup" }, "d.plan")).Values)
        Console.WriteLine($"  {plan.Name}: {plan.Hits}");
    await foreach (var hit in stathub.HitsAsync(new HitQuery { Key = "signup" }))
        Console.WriteLine(hit.GetProperty("event"));
    return 0;
}
catch (StatHubException exception)
{
    Console.Error.WriteLine(exception.Message);
    Console.Error.WriteLine(stathub.Statistics);
    return 1;
}
