using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Management.Galleries;
using Gateway.Management.Lifecycle;
using Gateway.Management.Nodes;
using Gateway.Management.Operations;
using Gateway.Proxy.Health;

namespace Gateway.Management.Api;

/// <summary>How a node looks from outside.</summary>
internal static class NodeAnswer
{
    public static void Write(Utf8JsonWriter json, NodeState state, IEnumerable<InstalledEngine> engines)
    {
        var report = state.Report;
        json.WriteString("id"u8, report.Node.Id);
        json.WriteString("name"u8, report.Node.Name);
        json.WriteString("node_type"u8, "backend");
        json.WriteString("address"u8, SettingParsers.WithoutSecrets(report.Node.DockerHost));
        json.WriteString("status"u8, report.Reachable ? "healthy" : "offline");
        Answer.Optional(json, "reason", report.Reason);
        json.WriteString("accelerator"u8, BuiltInGallery.Word(state.Accelerator));
        Answer.Texts(json, "capabilities", NodeHardware.Capabilities(state.Accelerator));
        json.WriteString("docker_version"u8, report.DockerVersion);
        json.WriteString("os"u8, report.OperatingSystem);
        json.WriteString("architecture"u8, report.Architecture);
        json.WriteNumber("cpus"u8, report.Cpus);
        json.WriteNumber("memory_bytes"u8, report.MemoryBytes);
        Answer.Texts(json, "runtimes", report.Runtimes);
        Answer.Texts(json, "devices", report.Devices);
        json.WritePropertyName("backends"u8);
        Answer.Array(json, engines, static (json, engine) =>
        {
            json.WriteString("name"u8, engine.Key.Name);
            json.WriteString("version"u8, EngineMetadata.VersionOf(engine));
            json.WriteString("digest"u8, engine.Digest);
            json.WriteString("state"u8, HealthEndpoints.Word(engine.State));
        });
    }
}
