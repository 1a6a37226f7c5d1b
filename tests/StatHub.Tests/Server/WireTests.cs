using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using StatHub.Core.Hits;
using StatHub.Core.Time;
using StatHub.Core.Tokens;
using StatHub.Tests.Memory;

namespace StatHub.Tests.Server;

/// <summary>What only a real connection shows: raw targets, chunks, and clients that go away.</summary>
public sealed class WireTests : IDisposable
{
    private readonly StatHubApi _api = new();
    private readonly string _token;

    public WireTests()
    {
        _api.UseKestrel(0);
        _token = _api.Token(TokenScopes.Read, "demo");
    }

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("home", 1)]
    [InlineData("a%20b", 2)]
    [InlineData("a%2520b", 3)]
    [InlineData("z%252Fz", 4)]
    [InlineData("%C3%BC", 5)]
    [InlineData("a+b", 6)]
    [InlineData("a%3Fb%23c", 7)]
    [InlineData("%25FF", 8)]
    public async Task A_key_is_decoded_once(string encoded, int hits)
    {
        string[] keys = ["home", "a b", "a%20b", "z%2Fz", "ü", "a+b", "a?b#c", "%FF"];
        _api.Store.Ingest(keys.SelectMany((key, i) => Enumerable.Repeat(JournalLine.Of("demo", key, StatHubApi.Noon), i + 1)));

        var answer = await SendAsync($"GET /api/v1/tenants/demo/keys/{encoded}/count HTTP/1.1");

        answer.Should().StartWith("HTTP/1.1 200").And.Contain($"\"hits\":{hits},").And.Contain($"\"key\":");
    }

    [Theory]
    [InlineData("a%2Fb")]
    [InlineData("a%2fb")]
    [InlineData("%2F")]
    [InlineData("a%00b")]
    [InlineData("a%0Ab")]
    [InlineData("%E2%80%A8%C2%85")]
    [InlineData("%FF")]
    [InlineData("a%zz")]
    [InlineData("a%")]
    public async Task A_bad_key_is_refused(string encoded)
    {
        var answer = await SendAsync($"GET /api/v1/tenants/demo/keys/{encoded}/count HTTP/1.1");

        answer.Should().StartWith("HTTP/1.1 400");
    }

    [Fact]
    public async Task A_key_of_129_bytes_is_refused_by_name()
    {
        (await SendAsync($"GET /api/v1/tenants/demo/keys/{new string('k', 128)}/count HTTP/1.1")).Should().StartWith("HTTP/1.1 200");
        (await SendAsync($"GET /api/v1/tenants/demo/keys/{new string('k', 129)}/count HTTP/1.1")).Should().StartWith("HTTP/1.1 400")
            .And.Contain("application/problem+json").And.Contain("\"key\":[");
    }

    [Fact]
    public async Task The_server_does_not_name_itself() =>
        (await SendAsync("GET /healthcheck HTTP/1.1")).Should().NotContain("Server:").And.Contain("\r\n\"OK\"\r\n");

    [Fact]
    public async Task Reading_stops_when_the_client_hangs_up()
    {
        var hits = new EndlessHits();
        _api.Raw = hits;
        var server = Start();
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(server);
            await client.GetStream().WriteAsync(Request("GET /api/v1/tenants/demo/hits HTTP/1.1"));
            await client.GetStream().ReadExactlyAsync(new byte[100_000]);
        }

        await hits.Closed.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task Reading_waits_for_a_client_that_does_not()
    {
        var hits = new EndlessHits();
        _api.Raw = hits;
        using var client = new TcpClient { ReceiveBufferSize = 64 * 1024 };
        await client.ConnectAsync(Start());
        await client.GetStream().WriteAsync(Request("GET /api/v1/tenants/demo/hits HTTP/1.1"));
        await client.GetStream().ReadExactlyAsync(new byte[1000]);
        // Buffers fill up, and then nothing is read any more.
        long before;
        do
        {
            before = hits.BytesRead;
            await Task.Delay(500);
        }
        while (hits.BytesRead != before);

        hits.BytesRead.Should().BeLessThan(64 * 1024 * 1024);
        await client.GetStream().ReadExactlyAsync(new byte[64 * 1024 * 1024]);
        hits.BytesRead.Should().BeGreaterThan(before);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_not_ended_like_a_whole_one()
    {
        _api.Raw = new EndlessHits { FailsAfter = 3 };

        var answer = await SendAsync("GET /api/v1/tenants/demo/hits HTTP/1.1");

        answer.Should().StartWith("HTTP/1.1 200").And.NotEndWith("0\r\n\r\n").And.NotContain("Exception");
    }

    [Fact]
    public async Task A_failure_is_a_problem_with_a_trace_id_and_no_stack_trace()
    {
        _api.Raw = new EndlessHits { FailsAfter = 0 };

        var answer = await SendAsync("GET /api/v1/tenants/demo/hits?limit=1 HTTP/1.1");

        answer.Should().StartWith("HTTP/1.1 500").And.Contain("\"type\":\"/problems/internal-error\"").And.Contain("\"traceId\":\"");
        answer.Should().NotContain("IOException").And.NotContain("   at ").And.NotContain("disk is gone");
    }

    private IPEndPoint Start()
    {
        _api.StartServer();
        var address = _api.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new IPEndPoint(IPAddress.Loopback, new Uri(address.Replace("[::]", "127.0.0.1", StringComparison.Ordinal)).Port);
    }

    private byte[] Request(string line) =>
        Encoding.ASCII.GetBytes($"{line}\r\nHost: localhost\r\nAuthorization: Bearer {_token}\r\nConnection: close\r\n\r\n");

    private async Task<string> SendAsync(string line)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(Start());
        await client.GetStream().WriteAsync(Request(line));
        using var answer = new MemoryStream();
        try
        {
            await client.GetStream().CopyToAsync(answer);
        }
        catch (IOException)
        {
            // A connection that is reset: what came before counts.
        }
        return Encoding.UTF8.GetString(answer.ToArray());
    }

    /// <summary>Raw hits without end, or until a disk fails.</summary>
    private sealed class EndlessHits : IRawHits, IRawHitReader
    {
        private static readonly byte[] Block = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"tenant\":\"demo\"}\n", 4000)));

        private long _bytesRead;

        public TaskCompletionSource Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int FailsAfter { get; init; } = int.MaxValue;

        public long BytesRead => Interlocked.Read(ref _bytesRead);

        public RawHitPosition Position => new(1, HitKey.Parse("home"), 1);

        public IRawHitReader Open(HitScope scope, MinuteRange range, RawHitPosition? after) => this;

        public Memory<byte> Read(int maxLines)
        {
            if (BytesRead / Block.Length >= FailsAfter)
                throw new IOException("The disk is gone.");
            Interlocked.Add(ref _bytesRead, Block.Length);
            return Block.ToArray();
        }

        public void Dispose() => Closed.TrySetResult();
    }
}
