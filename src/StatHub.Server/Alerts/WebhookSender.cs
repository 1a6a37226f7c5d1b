using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using StatHub.Core.Alerts;

namespace StatHub.Server.Alerts;

/// <summary>What became of a request to a receiver.</summary>
/// <param name="IsTaken">Whether the receiver has it.</param>
/// <param name="IsRefused">Whether the receiver does not want it, and is not likely to the next time.</param>
/// <param name="Reason">Why it has not, without the address.</param>
internal readonly record struct SendOutcome(bool IsTaken, bool IsRefused, string Reason);

/// <summary>Sends a request to a receiver, once. Neither the secret nor the address, which may hold one, is in what it says.</summary>
internal sealed class WebhookSender : IDisposable
{
    public const string SignatureHeader = "X-StatHub-Signature";

    private readonly HttpClient _http;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public WebhookSender(IOptions<AlertOptions> options, TimeProvider time)
    {
        (_timeout, _time) = (options.Value.SendTimeout, time);
        _http = new HttpClient(ReceiverConnection.Handler(options.Value.AllowPrivateReceivers)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public async Task<SendOutcome> SendAsync(AlertReceiver receiver, byte[] body, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(_timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, stop);
        try
        {
            using var request = Request(receiver, body);
            // Of the answer nothing but the head is read.
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            return Outcome(answer.StatusCode);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return new SendOutcome(false, false, $"It did not answer within {_timeout.TotalSeconds:0.###} s.");
        }
        catch (HttpRequestException exception)
        {
            return new SendOutcome(false, false, exception.InnerException is ReceiverRefusedException refused ? refused.Message : $"It was not reached: {exception.HttpRequestError}.");
        }
    }

    /// <summary>What the body is signed with.</summary>
    public static string Signature(string secret, byte[] body) => "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    public void Dispose() => _http.Dispose();

    private static HttpRequestMessage Request(AlertReceiver receiver, byte[] body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, receiver.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("StatHub", null));
        if (receiver.Secret.Length > 0)
            request.Headers.Add(SignatureHeader, Signature(receiver.Secret, body));
        return request;
    }

    private static SendOutcome Outcome(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => new SendOutcome(true, false, ""),
        // It may be another one's turn to answer, or too early.
        408 or 425 or 429 or >= 500 => new SendOutcome(false, false, $"It answered {(int)status}."),
        _ => new SendOutcome(false, true, $"It answered {(int)status}."),
    };
}
