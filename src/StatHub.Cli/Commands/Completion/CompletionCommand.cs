using System.CommandLine;

namespace StatHub.Cli.Commands.Completion;

/// <summary><c>stathub completion</c>: a script that makes a shell complete commands and options.</summary>
internal sealed class CompletionCommand : VerbCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            _stathub() {
              local line=${COMP_LINE:0:COMP_POINT}
              mapfile -t COMPREPLY < <(stathub "[suggest:${#line}]" "$line" 2>/dev/null)
              mapfile -t COMPREPLY < <(compgen -W "${COMPREPLY[*]}" -- "${COMP_WORDS[COMP_CWORD]}")
            }
            complete -o default -F _stathub stathub
            """,
        ["zsh"] = """
            #compdef stathub
            _stathub() {
              local line="${LBUFFER}"
              local -a words_found
              words_found=("${(@f)$(stathub "[suggest:${#line}]" "$line" 2>/dev/null)}")
              compadd -- $words_found || _files
            }
            compdef _stathub stathub
            """,
        ["fish"] = """
            function __stathub_complete
                set -l line (commandline -cp)
                stathub "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
            end
            complete -c stathub -a '(__stathub_complete)'
            """,
    };

    private readonly Argument<string> _shell = new("shell") { Description = "bash, zsh or fish." };

    public CompletionCommand()
        : base("completion", "Prints a script that makes a shell complete commands and options.", """
            Examples:
              source <(stathub completion bash)
              stathub completion bash > ~/.local/share/bash-completion/completions/stathub
              stathub completion zsh > ~/.zfunc/_stathub
              stathub completion fish > ~/.config/fish/completions/stathub.fish
            """)
    {
        _shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        Add(_shell);
        SetAction(parsed => parsed.InvocationConfiguration.Output.WriteLine(Scripts[parsed.GetRequiredValue(_shell)]));
    }
}
