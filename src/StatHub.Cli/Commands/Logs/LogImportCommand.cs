using System.CommandLine;
using System.Text.Json;
using StatHub.Cli.Output;
using StatHub.Cli.Rest;
using StatHub.Contracts.Logs;
using StatHub.Core.Logs;
using StatHub.Core.Tenants;
using StatHub.Storage.Logs;

namespace StatHub.Cli.Commands.Logs;

/// <summary><c>stathub import</c>: access logs.</summary>
internal sealed class LogImportCommand : ApiCommand
{
    private readonly Shell _shell;
    private readonly Argument<string[]> _files = new("files")
    {
        Description = "Logs, plain or compressed by gzip; - is standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    private readonly Option<string?> _tenant = CommonArguments.TenantOption("Whose logs they are.");
    private readonly Option<string> _format = LogOptions.Format();

    private readonly Option<string?> _key = new("--key")
    {
        Description = $"The key that a line counts for: a text with {{section}}, {{path}}, {{host}}, {{method}} or {{status}} in it, or without any; or ~ and a regular expression with a group (?<key>…) for the path. Else {KeyRule.Usual}, and {LogFormat.Ringserver.UsualKey} for its reports.",
    };

    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Read the logs here and say what would become of them; nothing is sent." };

    public LogImportCommand(Shell shell, Connection connection)
        : base("import", "Imports access logs, and reports of ringserver.", """
            Each line is a hit: its key is made by --key, its value is the number of bytes that were sent, and it has the
            dimensions of a pixel. Of a report of ringserver each stream is one, with dimensions of its own. A log that was
            imported before counts once, under whatever name and compressed or not; one that has grown since goes on where
            it ended, and so does an import that was interrupted. Lines that cannot be read are in the ledger. Exit code 1
            when a log was not imported; the others are.

            Examples:
              stathub import /var/log/nginx/access.log* --tenant shop
              stathub import other_vhosts_access.log --tenant shop --format vhost_combined --key "{host}"
              zcat old.gz | stathub import - --tenant shop --key "{path}"
              stathub import access.log --dry-run
              stathub import txlog-2026-11-2*.log --tenant seismo --format ringserver
            """, shell, connection)
    {
        _shell = shell;
        _key.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !KeyRule.TryParse(token.Value, out _, out var error))
                result.AddError($"--key: {error}");
        });
        Validators.Add(result =>
        {
            if (result.GetValue(_tenant) is null && !result.GetValue(_dryRun))
                result.AddError("Option '--tenant' is required.");
        });
        Add(_files);
        Add(_tenant);
        Add(_format);
        Add(_key);
        Add(_dryRun);
        Add(JsonOption);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        var code = StatHubCommand.Success;
        foreach (var file in parsed.GetRequiredValue(_files))
        {
            try
            {
                var imported = await ImportAsync(parsed, file, api, screen, cancellationToken);
                if (parsed.GetValue(JsonOption))
                    await screen.JsonAsync(imported.Json);
                else
                    await LogImportReport.ShowAsync(screen, file, imported.Value, parsed.GetValue(_dryRun));
            }
            catch (CommandFailure failure) when (failure.ExitCode == StatHubCommand.Failure)
            {
                // The other logs are none the worse for it.
                await screen.NoteAsync($"{file}: {failure.Message}");
                code = StatHubCommand.Failure;
            }
        }
        return code;
    }

    private async Task<RestAnswer<LogImported>> ImportAsync(ParseResult parsed, string file, RestCaller api, Screen screen, CancellationToken cancellationToken)
    {
        await using var log = Open(file);
        return await WorkBar.ShowAsync(screen, Spectre.Console.Markup.Escape(TerminalText.Of(file)), async bar =>
        {
            var total = log.CanSeek ? log.Length : 0;
            await using var watched = new WatchedStream(log, done => bar?.Tell(done, Math.Max(done, total), "bytes"));
            return parsed.GetValue(_dryRun)
                ? await TryAsync(watched, Request(parsed), parsed.GetValue(_tenant), _shell.Time.GetUtcNow(), cancellationToken)
                : await api.UploadAsync(Path(parsed), watched, RestCaller.Json.LogImported, cancellationToken);
        });
    }

    private Stream Open(string file)
    {
        if (file == "-")
            return _shell.OpenInput();
        try
        {
            return new FileStream(System.IO.Path.Combine(_shell.Folder, file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CommandFailure.Failed(exception.Message);
        }
    }

    private RestPath Path(ParseResult parsed) => RestPath.Of("tenants", parsed.GetValue(_tenant)!, "logs")
        .With("format", parsed.GetRequiredValue(_format))
        .With("key", parsed.GetValue(_key));

    /// <summary>The same for a log that is not sent; both were checked.</summary>
    private LogRequest Request(ParseResult parsed)
    {
        _ = LogFormat.TryParse(parsed.GetRequiredValue(_format), out var format, out _);
        KeyRule? key = null;
        _ = parsed.GetValue(_key) is { } text && KeyRule.TryParse(text, out key, out _);
        return new LogRequest(format, key);
    }

    private static async Task<RestAnswer<LogImported>> TryAsync(Stream log, LogRequest request, string? tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var import = await LogDryRun.RunAsync(log, request, tenant is null ? null : TenantId.Parse(tenant), now, cancellationToken);
            var answer = LogImportReport.Of(import);
            return new RestAnswer<LogImported>(answer, JsonSerializer.Serialize(answer, RestCaller.Json.LogImported));
        }
        catch (LogImportException exception)
        {
            throw CommandFailure.Failed(exception.Message);
        }
    }
}
