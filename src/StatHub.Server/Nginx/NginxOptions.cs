using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace StatHub.Server.Nginx;

/// <summary>How nginx lays out its journal.</summary>
public enum NginxLayout
{
    /// <summary>One live file, one write per hit.</summary>
    Journal,

    /// <summary>One live file that each worker writes to once a second or every 64 KiB.</summary>
    Buffered,

    /// <summary>One file per tenant, key and minute; nothing is cut.</summary>
    Files,
}

/// <summary>How nginx is told to reopen its logs.</summary>
public enum ReopenMethod
{
    /// <summary>A signal to a container through the Docker Engine API.</summary>
    Docker,

    /// <summary>A signal to the process that a pid file names.</summary>
    Process,

    /// <summary>Not at all: time-named files need no signal.</summary>
    None,
}

/// <summary>Section <c>StatHub:Nginx</c>: the nginx that writes the journal.</summary>
/// <remarks>Choices are bound as text, so that a misspelt one is reported together with all other mistakes.</remarks>
public sealed partial class NginxOptions : IValidatableObject
{
    public const string Section = "StatHub:Nginx";

    // The size of sun_path, less its final NUL.
    private const int MaxSocketPathBytes = 107;

    [Required]
    [RegularExpression("(?i)journal|buffered|files", ErrorMessage = Section + ":Layout is journal, buffered or files.")]
    public string Layout { get; set; } = "journal";

    [Required]
    [RegularExpression("(?i)docker|process|none", ErrorMessage = Section + ":Reopen is docker, process or none.")]
    public string Reopen { get; set; } = "process";

    /// <summary>For <see cref="ReopenMethod.Process"/>: the file in which nginx's master keeps its process id.</summary>
    public string? PidFile { get; set; }

    /// <summary>For <see cref="ReopenMethod.Docker"/>: the unix socket of the engine, or better of the guard before it.</summary>
    public string? DockerSocket { get; set; }

    /// <summary>For <see cref="ReopenMethod.Docker"/>: the name of nginx's container.</summary>
    public string? Container { get; set; }

    /// <summary>The layout; only of options that are valid.</summary>
    public NginxLayout JournalLayout => Enum.Parse<NginxLayout>(Layout, ignoreCase: true);

    /// <summary>The method; only of options that are valid.</summary>
    public ReopenMethod ReopenMethod => Enum.Parse<ReopenMethod>(Reopen, ignoreCase: true);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Is(Reopen, ReopenMethod.None) && !Is(Layout, NginxLayout.Files))
            yield return new($"{Section}:Reopen=none is only for the layout files: nginx would write to a renamed file for ever.");
        if (Is(Reopen, ReopenMethod.Process) && string.IsNullOrWhiteSpace(PidFile))
            yield return new($"{Section}:PidFile is required for Reopen=process.");
        if (!Is(Reopen, ReopenMethod.Docker))
            yield break;
        if (string.IsNullOrWhiteSpace(DockerSocket))
            yield return new($"{Section}:DockerSocket is required for Reopen=docker.");
        else if (!Path.IsPathRooted(DockerSocket) || Encoding.UTF8.GetByteCount(DockerSocket) > MaxSocketPathBytes)
            yield return new($"{Section}:DockerSocket is the absolute path of a unix socket, of at most {MaxSocketPathBytes} bytes.");
        if (!ContainerName().IsMatch(Container ?? ""))
            yield return new($"{Section}:Container is required for Reopen=docker: a container's name, [a-zA-Z0-9][a-zA-Z0-9_.-]*.");
    }

    private static bool Is<T>(string? text, T choice)
        where T : struct, Enum => string.Equals(text, choice.ToString(), StringComparison.OrdinalIgnoreCase);

    // \z and not $: the name becomes part of a request line, and $ would let a newline through.
    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}\z")]
    private static partial Regex ContainerName();
}

[OptionsValidator]
public sealed partial class NginxOptionsValidator : IValidateOptions<NginxOptions>;
