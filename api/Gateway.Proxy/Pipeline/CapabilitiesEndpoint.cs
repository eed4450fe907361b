using System.Text.Json;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Translation;

namespace Gateway.Proxy.Pipeline;

/// <summary><c>GET /capabilities</c>: the capability matrix of what is configured.</summary>
internal static class CapabilitiesEndpoint
{
    public static Task AnswerAsync(HttpContext context)
    {
        var feature = context.Proxy();
        feature.Outcome = Outcome.Ok;
        return context.Response.WriteJsonAsync(json =>
        {
            json.WriteStartObject();
            json.WriteObjects("backends"u8, feature.Snapshot.Backends.All, Write);
            json.WriteEndObject();
        });
    }

    private static void Write(Utf8JsonWriter json, Backend backend)
    {
        json.WriteString("name"u8, backend.Name);
        json.WriteString("kind"u8, backend.Profile.Id);
        json.WriteObjects("endpoints"u8, EndpointCatalog.All, (json, endpoint) => Write(json, endpoint, backend.Profile.Endpoints[endpoint.Id], backend.Translates(endpoint)));
    }

    private static void Write(Utf8JsonWriter json, EndpointSpec endpoint, Support support, bool translated)
    {
        json.WriteString("route"u8, endpoint.Route);
        json.WriteStartArray("methods"u8);
        foreach (var method in endpoint.Methods)
        {
            json.WriteStringValue(method);
        }

        json.WriteEndArray();
        json.WriteString("support"u8, translated ? "translated" : Word(support.Level));
        json.WriteOptional("note"u8, translated ? Translations.Note : support.Note);
        json.WriteOptional("alternative"u8, translated ? null : support.Alternative);
    }

    private static string Word(SupportLevel level) => level switch
    {
        SupportLevel.Native => "native",
        SupportLevel.Partial => "partial",
        SupportLevel.Needs => "needs",
        SupportLevel.Missing => "missing",
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };
}
