using System.Globalization;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;
using Serilog.Formatting.Json;

namespace StatHub.Server.Logging;

internal static class LogRegistration
{
    private const string Line = "{Timestamp:yyyy-MM-dd HH:mm:ss.fff zzz} {Level:u3} {SourceContext}: {Message:lj}{NewLine}{Exception}";
    private const long FileSize = 32 * 1024 * 1024;
    private const int Files = 10;

    // A write for each line would cost as much as the answer to a count.
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Logs to the console and to <c>logs/</c> in the data folder, at most ten files of 32 MiB. Section <c>Serilog</c>
    /// changes levels and adds sinks; <c>StatHub:Logging:Json</c> writes JSON lines. Requests go to the files only, unless
    /// <c>StatHub:Logging:RequestsOnConsole</c> is set.
    /// </summary>
    public static WebApplicationBuilder AddLogs(this WebApplicationBuilder builder)
    {
        var logger = Create(builder.Configuration);
        builder.Logging.ClearProviders();
        builder.Logging.AddSerilog(logger, dispose: true);
        builder.Services.AddSingleton<Serilog.ILogger>(logger);
        // It would open a scope with the request's whole path around every request, for lines that RequestLog writes.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        return builder;
    }

    private static Logger Create(ConfigurationManager configuration)
    {
        var section = configuration.GetSection("StatHub:Logging");
        ITextFormatter format = section.GetValue("Json", defaultValue: false)
            ? new JsonFormatter(renderMessage: true)
            : new MessageTemplateTextFormatter(Line, CultureInfo.InvariantCulture);
        var withRequests = section.GetValue("RequestsOnConsole", defaultValue: false);
        var data = configuration["StatHub:DataPath"] is { Length: > 0 } path ? path : new StatHubOptions().DataPath;
        return new LoggerConfiguration()
            .MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Hosting.Lifetime", LogEventLevel.Information)
            .ReadFrom.Configuration(configuration)
            .WriteTo.Logger(console => console
                .Filter.ByExcluding(one => !withRequests && IsOrdinaryRequest(one))
                .WriteTo.Console(format))
            .WriteTo.File(
                format,
                Path.Combine(data, "logs", "stathub-.log"),
                rollingInterval: RollingInterval.Day,
                rollOnFileSizeLimit: true,
                buffered: true,
                flushToDiskInterval: FlushInterval,
                fileSizeLimitBytes: FileSize,
                retainedFileCountLimit: Files)
            .CreateLogger();
    }

    private static bool IsOrdinaryRequest(LogEvent one) =>
        one.Level < LogEventLevel.Warning
        && one.Properties.TryGetValue(Constants.SourceContextPropertyName, out var source)
        && source is ScalarValue { Value: RequestLog.Category };
}
