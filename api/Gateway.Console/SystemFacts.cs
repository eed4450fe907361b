using System.Text.Json;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Health;
using Gateway.Proxy.Models;

namespace Gateway.Console;

/// <summary>The parts of <c>/system-info</c> that come from the two tables and from the model list.</summary>
internal static class SystemFacts
{
    public static void WriteModel(Utf8JsonWriter json, ModelEntry entry)
    {
        json.WriteString("id"u8, entry.Id);
        json.WriteString("backend"u8, entry.Backend.Name);
        json.WriteString("state"u8, HealthEndpoints.Word(entry.Backend.State));
        json.WriteString("owned_by"u8, entry.Model.OwnedBy ?? entry.Backend.Profile.Models.OwnedBy);
        // Some engines list other names of a model themselves.
        if ((entry.AliasOf ?? (entry.Model.Id == entry.Id ? null : entry.Model.Id)) is { } target)
        {
            json.WriteString("alias_of"u8, target);
        }

        if (entry.Model.MaxLength is { } length)
        {
            json.WriteNumber("max_model_len"u8, length);
        }
    }

    public static void WriteEndpoint(Utf8JsonWriter json, EndpointSpec endpoint)
    {
        json.WriteString("id"u8, endpoint.Id.ToString());
        json.WriteString("route"u8, endpoint.Route);
        json.WriteString("summary"u8, endpoint.Summary);
        json.WriteBoolean("family"u8, endpoint.Family);
        json.WriteStartArray("methods"u8);
        foreach (var method in endpoint.Methods)
        {
            json.WriteStringValue(method);
        }

        json.WriteEndArray();
    }

    /// <summary>What is to be said of the endpoints that the engine does not simply serve.</summary>
    public static void WriteNotes(Utf8JsonWriter json, EngineProfile engine)
    {
        json.WriteStartObject("notes"u8);
        foreach (var endpoint in EndpointCatalog.All)
        {
            var support = engine.Endpoints[endpoint.Id];
            if (support.Note is null)
            {
                continue;
            }

            json.WriteStartObject(endpoint.Id.ToString());
            json.WriteString("note"u8, support.Note);
            if (support.Alternative is { } alternative)
            {
                json.WriteString("alternative"u8, alternative);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
