using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using StatHub.Client.Rest;

namespace StatHub.Client.Events;

/// <summary>Sends events once.</summary>
internal sealed class EventSender(RestClient rest)
{
    private const int UnprocessableEntity = 422;

    /// <summary>Sends a batch. Never throws but for a cancellation.</summary>
    /// <param name="events">The JSON of each.</param>
    /// <param name="key">The same for the same events, so that none is counted twice.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SendResult> SendAsync(IReadOnlyList<byte[]> events, string key, CancellationToken cancellationToken)
    {
        try
        {
            var tenant = await rest.TenantAsync(cancellationToken).ConfigureAwait(false);
            using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/tenants/{tenant}/events") { Content = new ByteArrayContent(Join(events)) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Add("Idempotency-Key", key);
            using var answer = await rest.ExchangeAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken).ConfigureAwait(false);
            return await ReadAsync(answer, events.Count, cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Handlers, proxies and answers fail in more ways than anybody knows; whatever it is, the events are sent again.
        catch (Exception exception) when (exception is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return SendResult.Later(exception.Message);
        }
    }

    private static async Task<SendResult> ReadAsync(HttpResponseMessage answer, int count, CancellationToken cancellationToken)
    {
        var text = await answer.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
        switch ((int)answer.StatusCode)
        {
            case (int)HttpStatusCode.OK:
                return JsonSerializer.Deserialize(text, RestClient.Json.EventsAccepted)?.Ids is { } ids && ids.Count == count
                    ? SendResult.Taken(ids)
                    : SendResult.Later("The answer is not about the events that were sent.");
            case (int)HttpStatusCode.BadRequest:
                return ReadFaults(text, count);
            case (int)HttpStatusCode.RequestEntityTooLarge:
                return SendResult.Large();
            case UnprocessableEntity:
                return SendResult.OtherKey("The Idempotency-Key was used for something else.");
            default:
                return SendResult.Later(string.Create(CultureInfo.InvariantCulture, $"StatHub answered {(int)answer.StatusCode}: {text[..Math.Min(text.Length, 500)]}"), Wait(answer));
        }
    }

    private static SendResult ReadFaults(string text, int count)
    {
        var problem = JsonSerializer.Deserialize(text, RestClient.Json.EventProblem);
        var faults = problem?.Errors?.Where(fault => fault.Index >= 0 && fault.Index < count).ToList() ?? [];
        if (faults.Count == 0)
            return SendResult.Later("StatHub takes none of the events: " + text[..Math.Min(text.Length, 500)]);
        return SendResult.Faulty([.. faults.Select(fault => fault.Index).Distinct()], $"{faults[0].Field}: {faults[0].Detail}");
    }

    private static TimeSpan? Wait(HttpResponseMessage answer) => answer.Headers.RetryAfter?.Delta;

    private static byte[] Join(IReadOnlyList<byte[]> events)
    {
        var body = new byte[events.Sum(one => one.Length + 1) + 1];
        var at = 0;
        foreach (var one in events)
        {
            body[at++] = (byte)(at == 1 ? '[' : ',');
            one.CopyTo(body, at);
            at += one.Length;
        }
        body[at] = (byte)']';
        return body;
    }
}

/// <summary>What became of a request with events.</summary>
/// <param name="Ids">Their names; null when they were not taken.</param>
/// <param name="Faults">The places of those that are never taken.</param>
/// <param name="IsTooLarge">Whether fewer of them may be taken.</param>
/// <param name="NeedsOtherKey">Whether the key cannot be used.</param>
/// <param name="Failure">What was wrong.</param>
/// <param name="Wait">How long StatHub asks to wait.</param>
internal sealed record SendResult(
    IReadOnlyList<string>? Ids, IReadOnlyList<int> Faults, bool IsTooLarge = false, bool NeedsOtherKey = false, string? Failure = null, TimeSpan? Wait = null)
{
    public static SendResult Taken(IReadOnlyList<string> ids) => new(ids, []);

    public static SendResult Faulty(IReadOnlyList<int> faults, string failure) => new(null, faults, Failure: failure);

    public static SendResult Large() => new(null, [], IsTooLarge: true, Failure: "The events are too large.");

    public static SendResult OtherKey(string failure) => new(null, [], NeedsOtherKey: true, Failure: failure);

    public static SendResult Later(string failure, TimeSpan? wait = null) => new(null, [], Failure: failure, Wait: wait);
}
