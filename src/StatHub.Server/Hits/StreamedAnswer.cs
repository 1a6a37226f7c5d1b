using System.IO.Compression;
using System.IO.Pipelines;

namespace StatHub.Server.Hits;

/// <summary>Writes an answer of any length in the format that was chosen, compressed where that is accepted.</summary>
internal static class StreamedAnswer
{
    /// <summary>Writes headers, and the body unless only they are asked for.</summary>
    /// <param name="http">The request.</param>
    /// <param name="format">The format's name.</param>
    /// <param name="write">Writes the body.</param>
    /// <param name="writeGzip">Writes the body compressed already; null where it has to be compressed.</param>
    public static async Task WriteAsync(HttpContext http, string format, Func<PipeWriter, Task> write, Func<PipeWriter, Task>? writeGzip = null)
    {
        var response = http.Response;
        response.ContentType = FormatChoice.ContentType(format);
        response.Headers.Vary = "Accept, Accept-Encoding";
        response.Headers.CacheControl = "no-store";
        var compressed = FormatChoice.AcceptsGzip(http.Request);
        if (compressed)
            response.Headers.ContentEncoding = "gzip";
        if (HttpMethods.IsHead(http.Request.Method))
            return;
        if (!compressed)
            await write(response.BodyWriter);
        else if (writeGzip is not null)
            await writeGzip(response.BodyWriter);
        else
            await CompressAsync(response.Body, write);
    }

    private static async Task CompressAsync(Stream body, Func<PipeWriter, Task> write)
    {
        // The pipe flushes the compressor behind each block: the first bytes are on their way at once, and a block is large.
        await using var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true);
        var output = PipeWriter.Create(gzip, new StreamPipeWriterOptions(leaveOpen: true));
        await write(output);
        await output.CompleteAsync();
    }
}
