using System.Globalization;
using Gateway.Core.Configuration;
using Gateway.Proxy.Health;
using Xunit;
using YamlDotNet.RepresentationModel;
using YamlNode = YamlDotNet.RepresentationModel.YamlNode;

namespace Gateway.Tests.Generated;

/// <summary>What the Kubernetes files say of the gateway is so.</summary>
public sealed class KubernetesFilesTests
{
    private const string Folder = "deploy/kubernetes";

    private static readonly YamlMappingNode Pod = At(Parse("deployment.yaml"), "spec", "template", "spec");
    private static readonly YamlMappingNode Container = (YamlMappingNode)((YamlSequenceNode)Pod["containers"])[0];

    [Fact]
    public void Kustomization_Resources_AreTheOtherFiles()
    {
        var named = ((YamlSequenceNode)Parse("kustomization.yaml")["resources"]).Select(Text).Append("kustomization.yaml").Append("gateway.yaml").Order();

        Assert.Equal(named, Directory.GetFiles(Path.Combine(Clone.Root, Folder)).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Probes_Paths_AreThoseThatTheGatewayAnswers()
    {
        Assert.Contains(Text(At(Container, "livenessProbe", "httpGet")["path"]), HealthEndpoints.HealthPaths);
        Assert.Contains(Text(At(Container, "readinessProbe", "httpGet")["path"]), HealthEndpoints.ReadyPaths);
    }

    [Fact]
    public void GracePeriod_OutlastsTheDrain() =>
        Assert.True(Number(Pod["terminationGracePeriodSeconds"]) > int.Parse(Settings()["GATEWAY_DRAIN_SECONDS"], CultureInfo.InvariantCulture));

    [Fact]
    public void Settings_WithTheFileBesideThem_AreTaken()
    {
        var file = Path.Combine(Clone.Root, Folder, "gateway.yaml");
        var given = new Dictionary<string, string>(Settings()) { ["GATEWAY_CONFIG"] = file, ["GATEWAY_HOST"] = "0.0.0.0", ["API_KEYS"] = "alice:a-long-random-key" };

        var (settings, faults) = SettingsReader.Read(given);

        Assert.Empty(faults);
        Assert.Empty(settings!.Warnings);
        Assert.Equal(Path.GetFileName(file), Path.GetFileName(Settings()["GATEWAY_CONFIG"]));
        Assert.Contains(((YamlSequenceNode)Container["volumeMounts"]).Cast<YamlMappingNode>(), mount => Text(mount["mountPath"]) == Path.GetDirectoryName(Settings()["GATEWAY_CONFIG"]));
    }

    [Fact]
    public void MetricsPort_IsTheSameEverywhere()
    {
        var port = Settings()["GATEWAY_METRICS_PORT"];

        Assert.Contains(((YamlSequenceNode)Container["ports"]).Cast<YamlMappingNode>(), entry => Text(entry["name"]) == "metrics" && Text(entry["containerPort"]) == port);
        Assert.Equal(port, Text(At(Parse("deployment.yaml"), "spec", "template", "metadata", "annotations")["prometheus.io/port"]));
        Assert.Contains(((YamlSequenceNode)At(Parse("service.yaml"), "spec")["ports"]).Cast<YamlMappingNode>(), entry => Text(entry["port"]) == port);
    }

    private static Dictionary<string, string> Settings() =>
        ((YamlSequenceNode)Container["env"]).Cast<YamlMappingNode>().ToDictionary(entry => Text(entry["name"]), entry => Text(entry["value"]));

    private static YamlMappingNode Parse(string name)
    {
        var yaml = new YamlStream();
        using var reader = new StringReader(Clone.Read($"{Folder}/{name}"));
        yaml.Load(reader);
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static YamlMappingNode At(YamlMappingNode node, params string[] path) => path.Aggregate(node, (at, name) => (YamlMappingNode)at[name]);

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static int Number(YamlNode node) => int.Parse(Text(node), CultureInfo.InvariantCulture);
}
