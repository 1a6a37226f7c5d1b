using Microsoft.Extensions.Options;
using StatHub.Core.Tokens;

namespace StatHub.Server.Tokens;

/// <summary>
/// Sees to it at start that the token in <c>admin.token</c> is valid, and makes one when there is no such file. A store
/// that was restored or emptied takes the file's token again.
/// </summary>
internal sealed partial class AdminToken(
    IOptions<StatHubOptions> options, ITokenStore tokens, TimeProvider time, ILogger<AdminToken> logger) : IHostedService
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(options.Value.DataPath);
        var path = Path.Combine(folder, "admin.token");
        Directory.CreateDirectory(folder);
        if (!File.Exists(path))
            await WriteAsync(path, TokenSecret.Create(), cancellationToken);
        var secret = (await File.ReadAllTextAsync(path, cancellationToken)).Trim();
        if (!TokenSecret.IsOurs(secret))
            throw new OptionsValidationException("admin.token", typeof(StatHubOptions), [$"{path} holds no token. Remove it, and the next start writes a new one."]);
        var hash = TokenSecret.Hash(secret);
        if (tokens.Find(hash) is { } known)
        {
            // Somebody rotated it: what was ended is not begun again by a restart.
            if (known.IsExpired(time.GetUtcNow()))
                LogExpired(path);
            return;
        }
        tokens.Create("admin", tenant: null, TokenScopes.Admin, hash);
        LogRegistered(path);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static async Task WriteAsync(string path, string secret, CancellationToken cancellationToken)
    {
        var fresh = path + ".new";
        File.Delete(fresh);
        // Created with its final mode: there is no moment at which others can open it.
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        await using (var file = new FileStream(fresh, creation))
        {
            await file.WriteAsync(System.Text.Encoding.ASCII.GetBytes(secret + "\n"), cancellationToken);
            file.Flush(flushToDisk: true);
        }
        File.Move(fresh, path, overwrite: false);
    }

    [LoggerMessage(LogLevel.Information, "The admin token is in {Path}")]
    private partial void LogRegistered(string path);

    [LoggerMessage(LogLevel.Warning, "The token in {Path} has expired. Remove the file, and the next start writes a new one")]
    private partial void LogExpired(string path);
}
