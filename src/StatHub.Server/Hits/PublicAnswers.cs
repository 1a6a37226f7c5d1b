using StatHub.Server.Http;

namespace StatHub.Server.Hits;

/// <summary>
/// What was answered to requests without a token, for ten seconds: however many look at a public count, the store is asked once. Requests with a token pass by. All
/// answers live equally long, so the oldest is always the next to go.
/// </summary>
internal sealed class PublicAnswers(TimeProvider time)
{
    private const int MostAnswers = 10_000;
    private const int MostPoints = 200_000;
    private const int LongestAddress = 512;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, object> _answers = [];
    private readonly Queue<(string Address, int Points, DateTimeOffset Ends)> _order = new();
    private int _points;

    /// <summary>The answer to the same request without a token, a moment ago; null when there is none.</summary>
    public T? Find<T>(HttpContext http) where T : class
    {
        if (!http.IsGuest())
            return null;
        lock (_gate)
        {
            Forget();
            if (!_answers.TryGetValue(Address(http), out var answer))
                return null;
            Announce(http);
            return (T)answer;
        }
    }

    /// <summary>Keeps an answer that was found just now, unless the request has a token or there is no room.</summary>
    public T Keep<T>(HttpContext http, T answer, int points = 1) where T : class
    {
        if (!http.IsGuest())
            return answer;
        Announce(http);
        var address = Address(http);
        lock (_gate)
        {
            Forget();
            if (_answers.Count >= MostAnswers || _points + points > MostPoints || address.Length > LongestAddress || !_answers.TryAdd(address, answer))
                return answer;
            _points += points;
            _order.Enqueue((address, points, time.GetUtcNow() + Lifetime));
        }
        return answer;
    }

    private void Forget()
    {
        var now = time.GetUtcNow();
        // A clock that was set back must not make an answer stay.
        while (_order.TryPeek(out var oldest) && (oldest.Ends <= now || oldest.Ends > now + Lifetime))
        {
            _order.Dequeue();
            _answers.Remove(oldest.Address);
            _points -= oldest.Points;
        }
    }

    private static void Announce(HttpContext http)
    {
        http.Response.Headers.CacheControl = "public, max-age=10";
        // Which page may read it is part of the answer.
        http.Response.Headers.Append("Vary", "Origin");
    }

    // The path as the client wrote it: decoded, %2F and %252F would be one.
    private static string Address(HttpContext http) => string.Concat(RawPath.Of(http), http.Request.QueryString.Value);
}
