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

    private string FilePath => Path.Combine(Path.GetFullPath(options.Value.DataPath), "admin.token");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var path = FilePath;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
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

    /// <summary>Removes the file when its token is the one that is to be revoked: the next start would take it again.</summary>
    /// <exception cref="IOException">It could not be removed.</exception>
    public async Task ForgetAsync(long id, CancellationToken cancellationToken)
    {
        var path = FilePath;
        if (!File.Exists(path) || tokens.Find(TokenSecret.Hash((await File.ReadAllTextAsync(path, cancellationToken)).Trim()))?.Id != id)
            return;
        File.Delete(path);
        LogRemoved(path);
    }

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

    [LoggerMessage(LogLevel.Warning, "The token in {Path} is revoked and the file removed. The next start writes a new one")]
    private partial void LogRemoved(string path);

    [LoggerMessage(LogLevel.Warning, "The token in {Path} has expired. Remove the file, and the next start writes a new one")]
    private partial void LogExpired(string path);
}
