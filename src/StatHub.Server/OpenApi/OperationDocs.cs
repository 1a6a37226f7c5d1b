using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using StatHub.Server.Http;

namespace StatHub.Server.OpenApi;

/// <summary>Puts what stands beside each route into the document: arguments, examples, answers.</summary>
internal sealed class OperationDocs : IOpenApiOperationTransformer
{
    private static readonly Dictionary<string, (string Summary, string Example)> PathParts = new()
    {
        ["tenant"] = ("The tenant: 1 to 32 characters of a-z and 0-9.", "demo"),
        ["key"] = ("The key, percent-encoded once: 1 to 128 bytes of UTF-8 without `/` and control characters.", "home"),
        ["dimension"] = ("What the hits are divided by, such as `referrer`, `browser` or `d.plan`.", "browser"),
        ["id"] = ("The number of the token.", "7"),
        ["name"] = ("The id that is reported for, or the dim that is read.", "country"),
        ["dim"] = ("The dim.", "country"),
        ["value"] = ("A value of the dim, or `*` for all.", "*"),
        ["kind"] = ("`counter` or `gauge`.", "counter"),
        ["stat"] = ("The name of the stat.", "requests"),
    };

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.Parameters =
        [
            .. PathParts.Where(part => Has(context.Description.RelativePath ?? "", part.Key))
                .Select(part => PathParameter(part.Key, part.Value.Summary, part.Value.Example)),
            .. metadata.OfType<QueryArguments>().SelectMany(arguments => arguments.List).Select(QueryParameter),
        ];
        if (metadata.OfType<BodyDoc>().LastOrDefault() is { } body && operation.RequestBody?.Content is { } contents)
        {
            foreach (var content in contents.Values.OfType<OpenApiMediaType>())
                content.Example = JsonNode.Parse(body.Example);
        }
        foreach (var answer in metadata.OfType<AnswerDoc>())
            Describe(operation.Responses ??= [], answer);
        var demand = metadata.OfType<AccessDemand>().LastOrDefault();
        if (demand is not { IsOpen: true })
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiDocument.SchemeName, context.Document)] = [] }];
        // An empty requirement says that it may be left out.
        if (demand is { WithoutToken: not null })
            operation.Security!.Add([]);
        return Task.CompletedTask;
    }

    private static bool Has(string path, string part) =>
        path.Contains($"{{{part}}}", StringComparison.Ordinal) || path.Contains($"{{{part}:", StringComparison.Ordinal);

    private static OpenApiParameter PathParameter(string name, string summary, string example) => new()
    {
        Name = name,
        In = ParameterLocation.Path,
        Required = true,
        Description = summary,
        Schema = new OpenApiSchema { Type = name == "id" ? JsonSchemaType.Integer : JsonSchemaType.String },
        Example = name == "id" ? JsonNode.Parse(example) : JsonValue.Create(example),
    };

    private static OpenApiParameter QueryParameter(QueryArgument argument) => new()
    {
        Name = argument.Name,
        In = ParameterLocation.Query,
        Description = argument.Summary,
        Schema = new OpenApiSchema
        {
            Type = argument.Type switch
            {
                "integer" => JsonSchemaType.Integer,
                "boolean" => JsonSchemaType.Boolean,
                _ => JsonSchemaType.String,
            },
            Enum = argument is { Type: "string", Values: { } values } ? [.. values.Select(value => (JsonNode)JsonValue.Create(value))] : null,
        },
        Example = argument.Type == "string" ? JsonValue.Create(argument.Example) : JsonNode.Parse(argument.Example),
    };

    private static void Describe(OpenApiResponses answers, AnswerDoc answer)
    {
        var status = answer.Status.ToString(CultureInfo.InvariantCulture);
        if (!answers.TryGetValue(status, out var known) || known is not OpenApiResponse response)
            answers[status] = response = new OpenApiResponse();
        response.Description = answer.Summary;
        if (answer.ContentType is null)
            return;
        response.Content ??= new Dictionary<string, OpenApiMediaType>();
        if (!response.Content.TryGetValue(answer.ContentType, out var content))
            response.Content[answer.ContentType] = content = new OpenApiMediaType { Schema = TextSchema(answer.ContentType) };
        if (content is OpenApiMediaType media && answer.Example is { } example)
            media.Example = answer.ContentType.EndsWith("json", StringComparison.Ordinal) && !example.EndsWith('\n')
                ? JsonNode.Parse(example)
                : JsonValue.Create(example);
    }

    private static OpenApiSchema TextSchema(string contentType) => contentType == "application/json"
        ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.Object } }
        : new OpenApiSchema { Type = JsonSchemaType.String };
}
