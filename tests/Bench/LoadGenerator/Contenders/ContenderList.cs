using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Gateway.Bench.Load;

namespace Gateway.Bench.Contenders;

/// <summary>Who takes part. What the set-up could not provide on this machine is left out.</summary>
internal sealed class ContenderList(string cache)
{
    public const string Gateway = "gateway";
    public const string RawYarp = "raw-yarp";
    public const string Direct = "direct";
    public const string MetricsOn = "metrics-on";
    public const string MetricsOff = "metrics-off";

    /// <summary>The port of the upstream.</summary>
    public int UpstreamPort { get; } = FreePort();

    /// <summary>The engine behind all of them.</summary>
    public Contender Upstream => new("upstream", "upstream", [Program("upstream"), Text(UpstreamPort), "1000"], new Target(UpstreamPort));

    /// <summary>All of them, in the order of the report.</summary>
    public IReadOnlyList<Contender> All()
    {
        Contender[] all =
        [
            GatewayOf(Sizes.One),
            RawYarpOf(1),
            DirectForwarder(),
            Nginx(),
            HaProxy(),
            Portkey(),
            .. Further(),
        ];
        return [.. all.Where(contender => File.Exists(contender.Command[0]))];
    }

    /// <summary>Other builds of the gateway, or the same with other variables: BENCH_ALSO=<c>name;folder;NAME=value|…</c></summary>
    private IEnumerable<Contender> Further()
    {
        foreach (var entry in (Environment.GetEnvironmentVariable("BENCH_ALSO") ?? "").Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = entry.Split(';');
            var contender = GatewayOf(Sizes.One);
            var variables = new Dictionary<string, string>(contender.Variables);
            foreach (var pair in parts[2..].Select(text => text.Split('=', 2)))
            {
                variables[pair[0]] = pair[1];
            }

            var folder = parts[1].Length == 0 ? Path.Combine(cache, Gateway) : parts[1];
            yield return contender with { Id = parts[0], Name = parts[0], Command = [Path.Combine(folder, Gateway)], Variables = variables };
        }
    }

    /// <summary>The gateway with everything on, with so many models, keys and replicas.</summary>
    public Contender GatewayOf(Sizes sizes)
    {
        var port = FreePort();
        var name = sizes == Sizes.One ? Gateway : sizes.ToString();
        // A folder of its own, as settings have: the logs beside them would be taken for changes.
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(cache, "settings")).FullName, $"{name}.yaml");
        File.WriteAllText(file, Configurations.Gateway(UpstreamPort, sizes));
        return new Contender(name, "gateway", [Program("gateway")], new Target(port))
        {
            Variables = new Dictionary<string, string>
            {
                ["GATEWAY_CONFIG"] = file,
                ["GATEWAY_PORT"] = Text(port),
                ["GATEWAY_HOST"] = "127.0.0.1",
                ["DOTNET_EnableDiagnostics"] = "0",
            },
        };
    }

    /// <summary>Raw YARP with so many destinations.</summary>
    public Contender RawYarpOf(int replicas)
    {
        var port = FreePort();
        return new Contender(RawYarp, "raw YARP", [Program(RawYarp), Text(port), Text(UpstreamPort), Text(replicas)], new Target(port));
    }

    /// <summary>
    /// The gateway with everything on, and the same where a private switch keeps requests from being counted and timed. Users have
    /// no such setting.
    /// </summary>
    public IReadOnlyList<Contender> WithAndWithoutMetrics()
    {
        var gateway = GatewayOf(Sizes.One);
        var program = gateway.Command[0] + ".dll";
        var settings = JsonNode.Parse(File.ReadAllText(gateway.Command[0] + ".runtimeconfig.json"))!;
        return [Of(MetricsOn, settings), Of(MetricsOff, Without(settings.DeepClone()))];

        Contender Of(string id, JsonNode runtime)
        {
            var port = FreePort();
            var file = Path.Combine(cache, id + ".runtimeconfig.json");
            File.WriteAllText(file, runtime.ToJsonString());
            return gateway with
            {
                Id = id,
                Command = [Environment.ProcessPath!, "exec", "--runtimeconfig", file, program],
                Target = new Target(port),
                Variables = new Dictionary<string, string>(gateway.Variables) { ["GATEWAY_PORT"] = Text(port) },
            };
        }
    }

    private static JsonNode Without(JsonNode runtime)
    {
        runtime["runtimeOptions"]!["configProperties"]!["Gateway.Metrics.Enabled"] = false;
        return runtime;
    }

    private Contender DirectForwarder()
    {
        var port = FreePort();
        return new Contender("direct-forwarder", "YARP direct forwarder", [Program("direct-forwarder"), Text(port), $"http://127.0.0.1:{UpstreamPort}/"], new Target(port));
    }

    private Contender Nginx()
    {
        var port = FreePort();
        var folder = Directory.CreateDirectory(Path.Combine(cache, "nginx-files")).FullName;
        var file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, Configurations.Nginx(port, UpstreamPort, folder));
        return new Contender("nginx", "nginx", [Path.Combine(cache, "debian", "usr/sbin/nginx"), "-p", folder, "-c", file, "-e", "stderr"], new Target(port)) { Variables = Libraries(), IsCompiledAhead = true };
    }

    private Contender HaProxy()
    {
        var port = FreePort();
        var file = Path.Combine(cache, "haproxy.cfg");
        File.WriteAllText(file, Configurations.HaProxy(port, UpstreamPort));
        return new Contender("haproxy", "HAProxy", [Path.Combine(cache, "debian", "usr/sbin/haproxy"), "-db", "-f", file], new Target(port)) { Variables = Libraries(), IsCompiledAhead = true };
    }

    private Contender Portkey()
    {
        var port = FreePort();
        var script = Path.Combine(cache, "portkey/node_modules/@portkey-ai/gateway/build/start-server.js");
        var node = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, "node")).FirstOrDefault(File.Exists) ?? "node";
        var headers = $"x-portkey-provider: openai\r\nx-portkey-custom-host: http://127.0.0.1:{UpstreamPort}/v1\r\n";
        return new Contender("portkey", "Portkey gateway", File.Exists(script) ? [node, script, $"--port={port}", "--headless"] : ["portkey"], new Target(port, headers))
        {
            Variables = new Dictionary<string, string> { ["NODE_ENV"] = "production", ["TRUSTED_CUSTOM_HOSTS"] = "127.0.0.1,localhost" },
        };
    }

    private string Program(string name) => Path.Combine(cache, name, name);

    private Dictionary<string, string> Libraries() => new() { ["LD_LIBRARY_PATH"] = File.ReadAllText(Path.Combine(cache, "debian/libraries")).Trim() };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}

/// <summary>How much the gateway is set up with.</summary>
internal sealed record Sizes(int Models, int Keys, int Replicas)
{
    /// <summary>Destinations of raw YARP beside a gateway with as many replicas.</summary>
    public const int RawReplicas = 1000;

    public static Sizes One { get; } = new(1, 1, 1);

    /// <summary>The name of a contender set up so.</summary>
    public string IdOf(Contender contender) => IdOf(contender.Id == ContenderList.RawYarp ? ContenderList.RawYarp : ContenderList.Gateway);

    public string IdOf(string program) => FormattableString.Invariant($"{program}-{Models}-{Keys}-{Replicas}");

    public override string ToString() => IdOf(ContenderList.Gateway);
}
