using System.CommandLine;
using StatHub.Core.Logs;

namespace StatHub.Cli.Commands.Logs;

/// <summary>Options of commands that read logs.</summary>
internal static class LogOptions
{
    /// <summary><c>--format</c>.</summary>
    public static Option<string> Format()
    {
        var format = new Option<string>("--format")
        {
            Description = "auto recognises it; else common, combined, vhost_combined, caddy, stathub, ringserver, or a log_format of nginx with its variables.",
            DefaultValueFactory = _ => LogFormat.Auto,
        };
        format.CompletionSources.Add([LogFormat.Auto, .. LogFormat.All.Select(known => known.Name)]);
        format.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !LogFormat.TryParse(token.Value, out _, out var error))
                result.AddError($"--format: {error}");
        });
        return format;
    }
}
