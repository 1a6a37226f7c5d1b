using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace StatHub.Server.Http;

/// <summary>Reads the arguments of one request and collects what is wrong with them, so that all of it is told at once.</summary>
internal sealed class Arguments
{
    private readonly IQueryCollection _query;
    private Dictionary<string, string[]>? _errors;

    public Arguments(HttpContext http)
    {
        _query = http.Request.Query;
        if (_query.Count > 0)
            RefuseUnknown(http.GetEndpoint()?.Metadata.GetMetadata<QueryArguments>());
    }

    /// <summary>The text of an argument; null when it is absent.</summary>
    public string? Text(string name)
    {
        if (!_query.TryGetValue(name, out var values) || values.Count == 0)
            return null;
        if (values.Count > 1)
            Refuse(name, "It is given twice.");
        return values[0];
    }

    /// <summary>True or false; false when absent.</summary>
    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is not (null or "true" or "false"))
            Refuse(name, "It is 'true' or 'false'.");
        return text == "true";
    }

    /// <summary>A whole number within limits; null when absent.</summary>
    public int? Number(string name, int least, int most)
    {
        var text = Text(name);
        if (text is null)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"It is a whole number from {least} to {most}."));
        return null;
    }

    /// <summary>Notes what is wrong with an argument.</summary>
    public void Refuse(string name, string message) =>
        (_errors ??= [])[name] = _errors.TryGetValue(name, out var earlier) ? [.. earlier, message] : [message];

    public bool IsRefused(string name) => _errors?.ContainsKey(name) == true;

    /// <summary>Whether anything is wrong, and the answer that says so.</summary>
    public bool Failed([NotNullWhen(true)] out ProblemResult? problem)
    {
        problem = _errors is null ? null : Problems.BadArguments(_errors);
        return problem is not null;
    }

    // A typo such as 'form=' would otherwise quietly answer another question.
    private void RefuseUnknown(QueryArguments? known)
    {
        foreach (var (name, _) in _query)
        {
            if (known?.Has(name) != true)
                Refuse(name, Known(known));
        }
    }

    private static string Known(QueryArguments? known) => known is null
        ? "This address takes no arguments."
        : $"There is no such argument here. There are: {string.Join(", ", known.List.Select(argument => argument.Name))}.";
}
