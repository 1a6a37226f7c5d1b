using System.CommandLine;

namespace StatHub.Cli.Commands;

/// <summary>A noun, such as <c>tenant</c>: nothing by itself, and the verbs that go with it.</summary>
internal sealed class NounCommand : VerbCommand
{
    public NounCommand(string name, string description, string manual, params IEnumerable<Command> verbs)
        : base(name, description, manual)
    {
        foreach (var verb in verbs)
            Add(verb);
    }
}
