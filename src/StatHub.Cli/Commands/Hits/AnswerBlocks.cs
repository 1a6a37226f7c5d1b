using System.Runtime.CompilerServices;
using StatHub.Cli.Rest;

namespace StatHub.Cli.Commands.Hits;

/// <summary>The body of an answer as it comes.</summary>
internal static class AnswerBlocks
{
    private const int BlockBytes = 64 * 1024;

    /// <summary>Reads block by block; each is valid until the next.</summary>
    /// <exception cref="CommandFailure">The answer broke off.</exception>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        HttpResponseMessage answer, Uri server, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var block = new byte[BlockBytes];
        while (true)
        {
            int length;
            try
            {
                length = await body.ReadAsync(block, cancellationToken);
            }
            catch (Exception e) when (e is IOException or HttpRequestException or InvalidDataException)
            {
                throw CommandFailure.BrokenOff(server);
            }
            if (length == 0)
                yield break;
            yield return block.AsMemory(0, length);
        }
    }
}
