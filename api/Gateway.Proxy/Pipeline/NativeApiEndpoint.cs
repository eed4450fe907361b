using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Proxy.Health;
using Gateway.Proxy.Models;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Pipeline;

/// <summary>A route of an engine's own API, and that API.</summary>
public sealed record NativeMatch(NativeApi Api, NativeRoute Route);

/// <summary>Answers the routes of engines' own APIs, as the profiles list them, from the gateway's own list of models.</summary>
internal static class NativeApiEndpoint
{
    private const int MaxBody = 64 * 1024;
    private const int MaxModelName = 512;

    private static readonly NativeMatch[] All =
        [.. EngineCatalog.All.Select(static profile => profile.Native).OfType<NativeApi>().SelectMany(static api => api.Routes, static (api, route) => new NativeMatch(api, route))];

    private static readonly FrozenDictionary<string, NativeMatch> Fixed =
        All.Where(static match => !match.Route.Path.EndsWith('/')).DistinctBy(static match => match.Route.Path).ToFrozenDictionary(static match => match.Route.Path);

    private static readonly NativeMatch[] Families = [.. All.Where(static match => match.Route.Path.EndsWith('/'))];

    /// <summary>Marks the endpoints of these routes.</summary>
    public static NativeMarker Marker { get; } = new();

    /// <summary>The paths; one that ends with a slash stands for all below it.</summary>
    public static IEnumerable<string> Routes => All.Select(static match => match.Route.Path).Distinct();

    /// <summary>The route of this path; null where no engine has one that is listed.</summary>
    public static NativeMatch? Find(string path) =>
        Fixed.TryGetValue(path, out var match) ? match : Array.Find(Families, family => path.StartsWith(family.Route.Path, StringComparison.Ordinal));

    /// <summary>The bytes of an error in the shape of this API.</summary>
    public static byte[] Envelope(NativeApi api, GatewayError error)
    {
        var buffer = new ArrayBufferWriter<byte>(64 + error.Message.Length);
        using (var json = new Utf8JsonWriter(buffer, GatewayJson.WriterOptions))
        {
            json.WriteStartObject();
            api.WriteError(json, error.Message);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Answers the request.</summary>
    public static async Task AnswerAsync(HttpContext context)
    {
        var feature = context.Proxy();
        if (feature.Native is not { } match)
        {
            await EndpointMiddleware.RefuseAsync(context);
            return;
        }

        if (await WriteAsync(context, feature, match) is { } error)
        {
            await Refusal.WriteAsync(context, error);
            return;
        }

        feature.Outcome = Outcome.Ok;
    }

    // The error for the caller, where nothing was written.
    private static async Task<GatewayError?> WriteAsync(HttpContext context, GatewayFeature feature, NativeMatch match)
    {
        var (api, route) = match;
        if (context.RequestServices.GetRequiredService<Lifecycle>().Refuses)
        {
            return GatewayError.ShuttingDown;
        }

        if (route.Write is null)
        {
            return new GatewayError(501, UnsupportedEndpoint.Code, UnsupportedEndpoint.Code, $"{route.Path.TrimEnd('/')} is not served here. {api.Advice}");
        }

        if (!route.Methods.Contains(context.Request.Method))
        {
            return GatewayError.MethodNotAllowed(context.Request.Method, route.Path, route.Methods);
        }

        var (chosen, error) = await ChooseAsync(context, match, feature);
        if (error is not null)
        {
            return error;
        }

        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, GatewayJson.WriterOptions);
        json.WriteStartObject();
        route.Write(json, chosen);
        json.WriteEndObject();
        return null;
    }

    private static async Task<(IReadOnlyList<NativeModel> Models, GatewayError? Error)> ChooseAsync(HttpContext context, NativeMatch match, GatewayFeature feature)
    {
        var (models, key) = (feature.Snapshot.Models, feature.Key);
        switch (match.Route.Scope)
        {
            case NativeScope.All:
                return ([.. models.All(key).Select(entry => Describe(models, entry))], null);
            case NativeScope.Running:
                return ([.. models.All(key).Where(static entry => entry.Backend.State is EngineState.Ready or EngineState.Degraded).Select(entry => Describe(models, entry))], null);
            case NativeScope.Named:
                var (name, error) = await ReadNameAsync(context, match.Api);
                return name is null ? ([], error)
                    : models.Find(name, key) is { } found ? ([Describe(models, found)], null)
                    : ([], GatewayError.ModelNotFound(name) with { Message = match.Api.NoSuchModel(name) });
            default:
                return ([], null);
        }
    }

    private static NativeModel Describe(ModelListEndpoint models, ModelEntry entry) => new(entry.Id, entry.Model.Id, models.CreatedAt(entry).UtcDateTime, entry.Model.MaxLength);

    private static async Task<(string? Name, GatewayError? Error)> ReadNameAsync(HttpContext context, NativeApi api)
    {
        try
        {
            var (body, error) = CompressedBody.Is(context.Request)
                ? await CompressedBody.ReadAsync(context, MaxBody, memory: null)
                : (await BodyReader.ReadAsync(context.Request, MaxBody, memory: null, context.RequestAborted), null);
            using var held = body;
            return held is null ? (null, error is { Status: not 413 } ? error : TooLarge) : ReadName(held.Written, api);
        }
        catch (Exception e) when (!RequestFault.IsClientGone(context, e) && RequestFault.OfBody(e, MaxBody) is not null)
        {
            return (null, RequestFault.OfBody(e, MaxBody));
        }
    }

    private static GatewayError TooLarge { get; } =
        new(413, "invalid_request_error", "request_too_large", "The body must be a JSON object of at most 64 KiB.") { ClosesConnection = true };

    private static (string? Name, GatewayError? Error) ReadName(ReadOnlyMemory<byte> body, NativeApi api)
    {
        if (!JsonMembers.TryParse(body, out var members, out var fault))
        {
            return (null, GatewayError.InvalidJson(fault));
        }

        foreach (var member in api.NameMembers)
        {
            if (TryRead(members, member, out var name))
            {
                return (name.Length > MaxModelName ? name[..MaxModelName] : name, null);
            }
        }

        return (null, GatewayError.InvalidRequest(api.NameMembers[0], api.NoModel));
    }

    private static bool TryRead(JsonMembers members, string name, [NotNullWhen(true)] out string? value)
    {
        value = null;
        if (members.Find(Encoding.UTF8.GetBytes(name)) is not { Kind: JsonTokenType.String } member)
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(members.Value(member));
            reader.Read();
            value = reader.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair names nothing.
        }

        return value is { Length: > 0 };
    }

    /// <summary>The endpoint is a route of an engine's own API.</summary>
    public sealed class NativeMarker;
}
