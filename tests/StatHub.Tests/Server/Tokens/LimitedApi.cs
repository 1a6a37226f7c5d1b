namespace StatHub.Tests.Server.Tokens;

/// <summary>An API with limits, and clients of it behind nginx.</summary>
internal sealed class LimitedApi : IDisposable
{
    private readonly StatHubApi _api = new();

    public LimitedApi(params (string Name, string Value)[] limits)
    {
        foreach (var (name, value) in limits)
            _api.Settings["StatHub:Limits:" + name] = value;
    }

    public StatHubApi Api => _api;

    public void Dispose() => _api.Dispose();

    /// <summary>Asks from an address, with a token or none.</summary>
    public async Task<HttpResponseMessage> AskAsync(string address, string? token, string path = "/api/v1/tenants/demo/count")
    {
        using var client = _api.Anonymous();
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        if (token is not null)
            client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + token);
        return await client.GetAsync(path);
    }

    /// <summary>The statuses of several requests.</summary>
    public async Task<List<int>> AskAsync(int times, string address, string? token, string path = "/api/v1/tenants/demo/count")
    {
        var statuses = new List<int>();
        for (var i = 0; i < times; i++)
            statuses.Add((int)(await AskAsync(address, token, path)).StatusCode);
        return statuses;
    }

    /// <summary>The log, when it has what is waited for.</summary>
    public async Task<string> LogAsync(string awaited)
    {
        var text = "";
        for (var attempt = 0; attempt < 100 && !text.Contains(awaited, StringComparison.Ordinal); attempt++)
        {
            await Task.Delay(50);
            await using var stream = new FileStream(Directory.GetFiles(Path.Combine(_api.Folder, "logs")).Single(), FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream);
            text = await reader.ReadToEndAsync();
        }
        return text;
    }
}
