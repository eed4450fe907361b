using System.Text.Json;
using Gateway.Engines;
using Gateway.Management.Galleries;
using Gateway.Management.Lifecycle;
using Gateway.Management.Nodes;
using Gateway.Management.Operations;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;

namespace Gateway.Management.Api;

/// <summary>How an installed engine looks from outside: one row, on however many nodes it is.</summary>
internal static class BackendAnswer
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<InstalledEngine> engines, UpgradeReport upgrades, IReadOnlyDictionary<string, NodeState> nodes)
    {
        var first = engines[0];
        var name = first.Key.Name;
        var upgrade = upgrades.Upgrades.GetValueOrDefault(name);
        json.WriteString("Name"u8, name);
        json.WriteString("RunFile"u8, first.Image);
        json.WriteBoolean("IsMeta"u8, EngineMetadata.MetaOf(first) is not null);
        json.WriteBoolean("IsSystem"u8, false);
        json.WriteStartObject("Metadata"u8);
        Answer.Optional(json, "alias", EngineMetadata.AliasOf(first));
        Answer.Optional(json, "meta_backend_for", EngineMetadata.MetaOf(first) is null ? null : EngineMetadata.EntryOf(first));
        json.WriteString("name"u8, EngineMetadata.EntryOf(first) ?? name);
        Answer.Optional(json, "gallery_url", EngineMetadata.GalleryOf(first));
        json.WriteString("installed_at"u8, first.InstalledAt);
        Answer.Optional(json, "version", EngineMetadata.VersionOf(first));
        json.WriteString("uri"u8, EngineMetadata.UriOf(first) ?? first.Image);
        json.WriteString("digest"u8, first.Digest);
        json.WriteEndObject();
        json.WriteBoolean("upgrade_available"u8, upgrade is not null);
        json.WriteString("available_version"u8, upgrade?.AvailableVersion ?? "");
        json.WritePropertyName("nodes"u8);
        Answer.Array(json, engines, (json, engine) => WriteNode(json, engine, nodes.GetValueOrDefault(engine.Key.Node)));
        WriteOwn(json, engines, upgrades.Faults.GetValueOrDefault(name));
    }

    /// <summary>An engine that the settings name: it is not the gateway's to change.</summary>
    public static void WriteConfigured(Utf8JsonWriter json, Backend backend)
    {
        json.WriteString("Name"u8, backend.Name);
        json.WriteString("RunFile"u8, "");
        json.WriteBoolean("IsMeta"u8, false);
        json.WriteBoolean("IsSystem"u8, true);
        json.WriteStartObject("Metadata"u8);
        json.WriteString("name"u8, backend.Name);
        json.WriteEndObject();
        json.WriteBoolean("upgrade_available"u8, false);
        json.WriteString("available_version"u8, "");
        json.WriteStartArray("nodes"u8);
        json.WriteEndArray();
        json.WriteString("kind"u8, backend.Profile.Id);
        json.WriteString("description"u8, backend.Profile.Summary);
        json.WriteString("state"u8, HealthEndpoints.Word(backend.State));
    }

    private static void WriteOwn(Utf8JsonWriter json, IReadOnlyList<InstalledEngine> engines, string? checkFault)
    {
        var best = engines.FirstOrDefault(engine => engine.State == EngineState.Ready) ?? engines[0];
        json.WriteString("kind"u8, best.Kind);
        json.WriteString("description"u8, EngineCatalog.Find(best.Kind)?.Summary ?? "");
        json.WriteString("state"u8, HealthEndpoints.Word(best.State));
        Answer.Optional(json, "reason", best.Reason);
        json.WriteBoolean("stopped"u8, engines.All(engine => engine.Stopped));
        json.WriteString("model"u8, best.Model);
        json.WriteString("previous_version"u8, engines.Select(engine => engine.PreviousImage).FirstOrDefault(image => image is not null));
        Answer.Optional(json, "upgrade_check_error", checkFault);
    }

    private static void WriteNode(Utf8JsonWriter json, InstalledEngine engine, NodeState? node)
    {
        json.WriteString("node_id"u8, engine.Key.Node);
        json.WriteString("node_name"u8, node?.Node.Name ?? engine.Key.Node);
        json.WriteString("node_status"u8, node is { Report.Reachable: true } ? "healthy" : "offline");
        json.WriteString("version"u8, EngineMetadata.VersionOf(engine));
        json.WriteString("digest"u8, engine.Digest);
        json.WriteString("uri"u8, EngineMetadata.UriOf(engine) ?? engine.Image);
        json.WriteString("installed_at"u8, engine.InstalledAt);
        json.WriteString("image"u8, engine.Image);
        json.WriteString("accelerator"u8, BuiltInGallery.Word(engine.Accelerator));
        json.WriteString("state"u8, HealthEndpoints.Word(engine.State));
        Answer.Optional(json, "reason", engine.Reason);
        json.WriteBoolean("stopped"u8, engine.Stopped);
        json.WriteString("previous_image"u8, engine.PreviousImage);
        json.WriteString("previous_digest"u8, engine.PreviousDigest);
    }
}
