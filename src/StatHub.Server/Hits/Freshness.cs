using StatHub.Contracts.Json;
using StatHub.Core.Journal;
using StatHub.Server.Http;

namespace StatHub.Server.Hits;

/// <summary>How complete an answer is.</summary>
/// <param name="AsOf">What was written before is in it.</param>
/// <param name="IsFresh">Whether everything is in it that was written before the request; null when nobody asked.</param>
internal readonly record struct Freshness(DateTimeOffset AsOf, bool? IsFresh)
{
    /// <summary>Reads whether to wait. Guests may not: each of them would make the service look into the journal at once.</summary>
    public static bool Read(HttpContext http, Arguments arguments)
    {
        var wait = arguments.Flag("fresh");
        if (wait && http.IsGuest())
            arguments.Refuse("fresh", "Without a token answers are up to 10 seconds old: leave it out, or send a token.");
        return wait;
    }

    /// <summary>Waits if it is asked for. Ask before the store is asked: what is committed in between is in the answer although it is later.</summary>
    public static async Task<Freshness> OfAsync(IJournal journal, bool wait, CancellationToken cancellationToken)
    {
        bool? fresh = wait ? await journal.WaitForFreshAsync(cancellationToken) : null;
        return new Freshness(journal.AsOf, fresh);
    }

    /// <summary>Says it in headers, for answers that have no place for it.</summary>
    public void WriteTo(IHeaderDictionary headers)
    {
        if (IsFresh is { } fresh)
            headers["StatHub-Fresh"] = fresh ? "true" : "false";
        headers["StatHub-AsOf"] = InstantConverter.ToText(AsOf);
    }
}
