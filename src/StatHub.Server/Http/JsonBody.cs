using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace StatHub.Server.Http;

/// <summary>Reads the JSON body of a request.</summary>
internal static class JsonBody
{
    /// <summary>The body; null, with the reason noted in the arguments, when it is not what the route takes.</summary>
    /// <exception cref="BadHttpRequestException">It is too large, or of another type (415).</exception>
    public static async Task<T?> ReadAsync<T>(HttpContext http, Arguments arguments, JsonTypeInfo<T> json)
        where T : class
    {
        if (!http.Request.HasJsonContentType())
            throw new BadHttpRequestException("The body must be application/json.", StatusCodes.Status415UnsupportedMediaType);
        try
        {
            var body = await http.Request.ReadFromJsonAsync(json, http.RequestAborted);
            if (body is null)
                arguments.Refuse("body", "It is a JSON object.");
            return body;
        }
        catch (JsonException exception)
        {
            arguments.Refuse("body", $"It is not the JSON that is expected, at {exception.Path ?? "$"}.");
            return null;
        }
    }
}
