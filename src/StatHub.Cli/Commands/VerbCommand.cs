using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace StatHub.Cli.Commands;

/// <summary>A verb with its manual: one sentence for the list of commands, the rest behind the verb's own options.</summary>
internal abstract class VerbCommand(string name, string description, string manual) : Command(name, description)
{
    private string Manual => manual;

    /// <summary>Help that ends with the manual.</summary>
    internal sealed class Help(HelpAction help, int width) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            help.MaxWidth = width;
            var code = help.Invoke(parseResult);
            if (parseResult.CommandResult.Command is VerbCommand verb)
                parseResult.InvocationConfiguration.Output.WriteLine(verb.Manual);
            return code;
        }
    }
}
