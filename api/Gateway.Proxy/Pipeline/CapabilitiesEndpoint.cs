using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Translation;

namespace Gateway.Proxy.Pipeline;

/// <summary><c>GET /capabilities</c>: the capability matrix of what is configured.</summary>
internal static class CapabilitiesEndpoint
{
    public static async Task AnswerAsync(HttpContext context)
    {
        context.Proxy().Outcome = Outcome.Ok;
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, GatewayJson.WriterOptions);
        json.WriteStartObject();
        json.WriteStartArray("backends"u8);
        foreach (var backend in context.Proxy().Snapshot.Backends.All)
        {
            Write(json, backend);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Backend backend)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, backend.Name);
        json.WriteString("kind"u8, backend.Profile.Id);
        json.WriteStartArray("endpoints"u8);
        foreach (var endpoint in EndpointCatalog.All)
        {
            var support = backend.Profile.Endpoints[endpoint.Id];
            json.WriteStartObject();
            json.WriteString("route"u8, endpoint.Route);
            json.WriteStartArray("methods"u8);
            foreach (var method in endpoint.Methods)
            {
                json.WriteStringValue(method);
            }

            json.WriteEndArray();
            var translated = backend.Translates(endpoint);
            json.WriteString("support"u8, translated ? "translated" : Word(support.Level));
            WriteOptional(json, "note", translated ? Translations.Note : support.Note);
            WriteOptional(json, "alternative", translated ? null : support.Alternative);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static string Word(SupportLevel level) => level switch
    {
        SupportLevel.Native => "native",
        SupportLevel.Partial => "partial",
        SupportLevel.Needs => "needs",
        SupportLevel.Missing => "missing",
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };

    private static void WriteOptional(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}
