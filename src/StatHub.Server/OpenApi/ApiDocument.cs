using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using StatHub.Contracts.Json;
using StatHub.Server.Http;

namespace StatHub.Server.OpenApi;

/// <summary>The OpenAPI document and a page to read it with.</summary>
internal static class ApiDocument
{
    public const string SchemeName = "token";

    public static IServiceCollection AddApiDocument(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.ShouldInclude = route => route.HttpMethod != HttpMethods.Head;
        options.AddOperationTransformer<OperationDocs>();
        options.AddSchemaTransformer((schema, context, _) =>
        {
            // The converters of these types do not say what they write.
            if (context.JsonTypeInfo.Type == typeof(ExactNumber))
                (schema.Type, schema.Description) = (JsonSchemaType.Number, "An exact decimal number.");
            else if (context.JsonTypeInfo.Type == typeof(DateTimeOffset))
                schema.Type = JsonSchemaType.String;
            else if (context.JsonTypeInfo.Type == typeof(DateTimeOffset?))
                schema.Type = JsonSchemaType.String | JsonSchemaType.Null;
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer((document, context, _) =>
        {
            Introduce(document, context.ApplicationServices.GetRequiredService<IOptions<StatHubOptions>>().Value);
            return Task.CompletedTask;
        });
    });

    public static void MapApiDocument(this IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi("/openapi/{documentName}.json").Demands(Access.Everybody).ExcludeFromDescription();
        routes.MapSwaggerUI("swagger", page =>
        {
            page.DocumentTitle = "StatHub";
            // Relative, so that it is found behind a proxy that puts a path before ours.
            page.SwaggerEndpoint("../openapi/v1.json", "StatHub v1");
        }).Demands(Access.Everybody);
    }

    private static void Introduce(OpenApiDocument document, StatHubOptions options)
    {
        document.Info = new OpenApiInfo
        {
            Title = "StatHub",
            Version = "v1",
            Description = "Counts hits for many tenants, and proves every count. Errors are `application/problem+json` with a stable `type`. "
                + "Instants are RFC 3339 in UTC. Query arguments that a route does not know are refused.",
        };
        document.Servers = [new OpenApiServer { Url = options.PublicPath + "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [SchemeName] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A token: `sth_` and 43 characters. The first start writes one for the admin to `admin.token` in the data folder.",
            },
        };
    }
}
