using Microsoft.Extensions.Logging.Abstractions;
using StatHub.Core.Tenants;
using StatHub.Core.Tokens;
using StatHub.Server.Tokens;
using StatHub.Tests.Storage;

namespace StatHub.Tests.Server.Tokens;

public sealed class TokenUseWorkerTests : IDisposable
{
    private readonly StoreFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Uses_are_written_when_the_service_ends()
    {
        var tokens = _folder.Store.Tokens;
        var token = tokens.Create("report", TenantId.Parse("demo"), TokenScopes.Read, new byte[32]);
        using var worker = new TokenUseWorker(tokens, _folder.Time, NullLogger<TokenUseWorker>.Instance);
        await worker.StartAsync(CancellationToken.None);
        tokens.NoteUse(token.Id, _folder.Time.Now);

        await worker.StopAsync(CancellationToken.None);
        _folder.Restart();

        _folder.Store.Tokens.List(TenantId.Parse("demo")).Single().UsedAt.Should().Be(_folder.Time.Now);
    }
}
