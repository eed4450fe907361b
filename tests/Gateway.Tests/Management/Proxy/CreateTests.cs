using System.Text.Json.Nodes;
using Docker.DotNet.Models;
using Gateway.Engines;
using Gateway.Management.Docker;
using Gateway.Management.Lifecycle;
using Gateway.Management.Proxy;
using Xunit;

namespace Gateway.Tests.Management.Proxy;

/// <summary>New containers: those that the gateway makes pass, member by member, and nothing else does.</summary>
public sealed class CreateTests
{
    private const string Name = "gateway-writer-0123abcd";

    public static TheoryData<string, string, string> Engines
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var profile in EngineCatalog.All.Where(profile => profile.Deployment.Container is not null))
            {
                foreach (var accelerator in profile.Deployment.Container!.Images.Keys)
                {
                    data.Add(profile.Id, accelerator.ToString(), "volumes");
                    data.Add(profile.Id, accelerator.ToString(), "folders");
                    data.Add(profile.Id, accelerator.ToString(), "network");
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Create_AsTheGatewayMakesIt_IsPassedOnWhole(string kind, string accelerator, string place)
    {
        await using var bench = await ProxyBench.StartAsync();
        var plan = Plan(bench, kind, Enum.Parse<Accelerator>(accelerator), place);
        using var gateway = bench.Gateway();

        await gateway.CreateContainerAsync(plan, CancellationToken.None);

        Assert.Equal($"/v1.48/containers/create?name={Name}", bench.Docker.Calls[^1].Target);
        AssertSame(await SentAsync(plan), JsonNode.Parse(bench.Docker.Calls[^1].Body)!.AsObject(), "");
    }

    /// <summary>A newer version of the library that sends more members must not be refused by the proxy.</summary>
    [Fact]
    public async Task Unsaid_Members_AreWhatTheLibrarySends()
    {
        await using var bench = await ProxyBench.StartAsync();
        var create = await SentAsync(Plan(bench, "llamacpp", Accelerator.Cpu, "network"));
        var endpoint = create["NetworkingConfig"]!["EndpointsConfig"]!["engines"]!.AsObject();

        Assert.Equal(OwnShapes.UnsaidOfContainer.Order(), Unset(create).Except(["User"]).Order());
        Assert.Equal(OwnShapes.UnsaidOfHost.Order(), Unset(create["HostConfig"]!.AsObject()).Except(["NetworkMode", "ShmSize", "ReadonlyRootfs"]).Order());
        Assert.Equal(OwnShapes.UnsaidOfEndpoint.Order(), Unset(endpoint).Order());
    }

    /// <summary>All that the API of Docker Engines has for a host's side of a container and that the gateway does not send.</summary>
    [Theory]
    [InlineData("Privileged", "true")]
    [InlineData("privileged", "true")]
    [InlineData("PidMode", "\"host\"")]
    [InlineData("IpcMode", "\"host\"")]
    [InlineData("UTSMode", "\"host\"")]
    [InlineData("UsernsMode", "\"host\"")]
    [InlineData("CgroupnsMode", "\"host\"")]
    [InlineData("Cgroup", "\"container:db\"")]
    [InlineData("CgroupParent", "\"/\"")]
    [InlineData("Runtime", "\"other\"")]
    [InlineData("Sysctls", """{"kernel.core_pattern":"|x"}""")]
    [InlineData("VolumesFrom", "[\"db\"]")]
    [InlineData("VolumeDriver", "\"x\"")]
    [InlineData("Mounts", """[{"Type":"bind","Source":"/","Target":"/host"}]""")]
    [InlineData("Mounts", """[{"Type":"volume","Target":"/x","VolumeOptions":{"DriverConfig":{"Name":"local","Options":{"type":"none","o":"bind","device":"/"}}}}]""")]
    [InlineData("Links", "[\"db:db\"]")]
    [InlineData("ExtraHosts", "[\"a:1.2.3.4\"]")]
    [InlineData("Dns", "[\"1.2.3.4\"]")]
    [InlineData("DnsOptions", "[\"x\"]")]
    [InlineData("DnsSearch", "[\"x\"]")]
    [InlineData("GroupAdd", "[\"docker\"]")]
    [InlineData("DeviceCgroupRules", "[\"a *:* rwm\"]")]
    [InlineData("Ulimits", """[{"Name":"nofile","Soft":1,"Hard":1}]""")]
    [InlineData("OomScoreAdj", "-1000")]
    [InlineData("OomKillDisable", "true")]
    [InlineData("PublishAllPorts", "true")]
    [InlineData("StorageOpt", """{"size":"1"}""")]
    [InlineData("MaskedPaths", "[]")]
    [InlineData("ReadonlyPaths", "[]")]
    [InlineData("Isolation", "\"process\"")]
    [InlineData("AutoRemove", "true")]
    [InlineData("Init", "true")]
    [InlineData("Annotations", """{"a":"b"}""")]
    [InlineData("ContainerIDFile", "\"/etc/x\"")]
    [InlineData("BlkioWeight", "1")]
    [InlineData("CpuShares", "1")]
    [InlineData("CpusetCpus", "\"0\"")]
    [InlineData("CpuRealtimePeriod", "1")]
    [InlineData("Memory", "1")]
    [InlineData("NanoCpus", "1")]
    [InlineData("PidsLimit", "-1")]
    [InlineData("ConsoleSize", "[1,1]")]
    [InlineData("KernelMemory", "1")]
    public async Task Host_MemberThatTheGatewayDoesNotSend_IsRefusedByName(string member, string value)
    {
        var reason = await RefusedAsync(create => create["HostConfig"]![member] = JsonNode.Parse(value));

        Assert.Contains($"HostConfig.{member} ", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Hostname", "\"db\"")]
    [InlineData("Domainname", "\"x\"")]
    [InlineData("AttachStdin", "true")]
    [InlineData("Tty", "true")]
    [InlineData("OpenStdin", "true")]
    [InlineData("Volumes", """{"/x":{}}""")]
    [InlineData("WorkingDir", "\"/\"")]
    [InlineData("NetworkDisabled", "true")]
    [InlineData("MacAddress", "\"02:42:ac:11:00:02\"")]
    [InlineData("OnBuild", "[\"x\"]")]
    [InlineData("StopSignal", "\"SIGKILL\"")]
    [InlineData("Shell", "[\"x\"]")]
    [InlineData("hostconfig", """{"Privileged":true}""")]
    public async Task Container_MemberThatTheGatewayDoesNotSend_IsRefusedByName(string member, string value)
    {
        var reason = await RefusedAsync(create => create[member] = JsonNode.Parse(value));

        Assert.Contains($"{member} ", reason, StringComparison.Ordinal);
    }

    /// <summary>Members that the gateway sends, with values that it does not.</summary>
    [Theory]
    [InlineData("HostConfig.Binds", """["/:/host"]""")]
    [InlineData("HostConfig.Binds", """["/etc:/models:ro"]""")]
    [InlineData("HostConfig.Binds", """["/var/run/docker.sock:/models:ro"]""")]
    [InlineData("HostConfig.Binds", """["FOLDER:/models:ro"]""")]
    [InlineData("HostConfig.Binds", """["FOLDER/models:/models"]""")]
    [InlineData("HostConfig.Binds", """["FOLDER/models:/models:rw"]""")]
    [InlineData("HostConfig.Binds", """["FOLDER/models:/models:ro,rshared"]""")]
    [InlineData("HostConfig.Binds", """["FOLDER/models:/:ro"]""")]
    [InlineData("HostConfig.Binds", """["FOLDER/models/:/models:ro"]""")]
    [InlineData("HostConfig.Binds", """["FOLDER/models/deep:/models:ro"]""")]
    [InlineData("HostConfig.Binds", """["FOLDER/./models:/models:ro"]""")]
    [InlineData("HostConfig.Binds", """["FOLDER/../data/models:/models:ro"]""")]
    [InlineData("HostConfig.Binds", """["FOLDER/gateway:/models:ro"]""")]
    [InlineData("HostConfig.Binds", """["FOLDER/gateway/l:/models:ro"]""")]
    [InlineData("HostConfig.Binds", """["gateway-other:/models:ro"]""")]
    [InlineData("HostConfig.Binds", """["db:/models:ro"]""")]
    [InlineData("HostConfig.Binds", """[null]""")]
    [InlineData("HostConfig.NetworkMode", "\"host\"")]
    [InlineData("HostConfig.NetworkMode", "\"none\"")]
    [InlineData("HostConfig.NetworkMode", "\"bridge\"")]
    [InlineData("HostConfig.NetworkMode", "\"default\"")]
    [InlineData("HostConfig.NetworkMode", "\"container:db\"")]
    [InlineData("HostConfig.NetworkMode", "\"foreign\"")]
    [InlineData("HostConfig.NetworkMode", "\"h0\"")]
    [InlineData("HostConfig.NetworkMode", "\"net1\"")]
    [InlineData("HostConfig.NetworkMode", "\"../info\"")]
    [InlineData("HostConfig.NetworkMode", "\" \"")]
    [InlineData("HostConfig.LogConfig", """{"Type":"syslog","Config":{"syslog-address":"tcp://127.0.0.1:6379"}}""")]
    [InlineData("HostConfig.LogConfig", """{"Type":"fluentd","Config":{"fluentd-address":"unix:///run/x.sock"}}""")]
    [InlineData("HostConfig.LogConfig", """{"Type":"json-file","Config":{"max-size":"10m","max-file":"3","labels":"x"}}""")]
    [InlineData("HostConfig.LogConfig", """{"Type":"json-file","Config":{"max-size":"-1","max-file":"3"}}""")]
    [InlineData("HostConfig.LogConfig", """{"Type":"json-file","Config":{}}""")]
    [InlineData("HostConfig.LogConfig", """{"Type":"none","Config":{"max-size":"10m","max-file":"3"}}""")]
    [InlineData("HostConfig.LogConfig", """{"Type":"json-file","Config":{"max-size":"10m","max-file":"3"},"type":"syslog"}""")]
    [InlineData("HostConfig.CapDrop", "[]")]
    [InlineData("HostConfig.CapDrop", "null")]
    [InlineData("HostConfig.CapDrop", "[\"all\"]")]
    [InlineData("HostConfig.CapAdd", "[\"SYS_ADMIN\"]")]
    [InlineData("HostConfig.CapAdd", "[\"CHOWN\",\"ALL\"]")]
    [InlineData("HostConfig.CapAdd", "[null]")]
    [InlineData("HostConfig.SecurityOpt", "[]")]
    [InlineData("HostConfig.SecurityOpt", "[\"no-new-privileges:false\"]")]
    [InlineData("HostConfig.SecurityOpt", "[\"no-new-privileges:true\",\"apparmor=unconfined\"]")]
    [InlineData("HostConfig.SecurityOpt", "[\"no-new-privileges:true\",\"seccomp=unconfined\"]")]
    [InlineData("HostConfig.SecurityOpt", "[\"no-new-privileges:true\",\"label=disable\"]")]
    [InlineData("HostConfig.Devices", """[{"PathOnHost":"/dev/sda","PathInContainer":"/dev/sda","CgroupPermissions":"rwm"}]""")]
    [InlineData("HostConfig.Devices", """[{"PathOnHost":"/dev/dri","PathInContainer":"/dev/sda","CgroupPermissions":"rwm"}]""")]
    [InlineData("HostConfig.Devices", """[{"PathOnHost":"/dev/dri/../sda","PathInContainer":"/dev/dri/../sda","CgroupPermissions":"rwm"}]""")]
    [InlineData("HostConfig.Devices", "[null]")]
    [InlineData("HostConfig.DeviceRequests", """[{"Driver":"cdi","Count":-1,"Capabilities":[["gpu"]]}]""")]
    [InlineData("HostConfig.DeviceRequests", """[{"Driver":"nvidia","Count":-1,"Capabilities":[["gpu"]],"Options":{"a":"b"}}]""")]
    [InlineData("HostConfig.DeviceRequests", """[{"Driver":"nvidia","Count":-1,"Capabilities":[["gpu"]],"DeviceIDs":["x"]}]""")]
    [InlineData("HostConfig.PortBindings", """{"8001/tcp":[{"HostIp":"0.0.0.0","HostPort":"20001"}]}""")]
    [InlineData("HostConfig.PortBindings", """{"8001/tcp":[{"HostIp":"","HostPort":"20001"}]}""")]
    [InlineData("HostConfig.PortBindings", """{"8001/tcp":[{"HostPort":"20001"}]}""")]
    [InlineData("HostConfig.PortBindings", """{"8001/tcp":[{"HostIp":"127.0.0.1","HostPort":"22"}]}""")]
    [InlineData("HostConfig.PortBindings", """{"8001/tcp":[{"HostIp":"127.0.0.1","HostPort":"20000-30000"}]}""")]
    [InlineData("HostConfig.PortBindings", """{"8001/udp":[{"HostIp":"127.0.0.1","HostPort":"20001"}]}""")]
    [InlineData("HostConfig.PortBindings", """{"8001/tcp":null}""")]
    [InlineData("HostConfig.PortBindings", """{"8001/tcp":[null]}""")]
    [InlineData("HostConfig.RestartPolicy", """{"Name":"always","MaximumRetryCount":0}""")]
    [InlineData("HostConfig.Tmpfs", """{"/etc":"exec"}""")]
    [InlineData("HostConfig.Tmpfs", """{"/tmp":"size=100g"}""")]
    [InlineData("HostConfig.ShmSize", "99999999999999")]
    [InlineData("HostConfig.ShmSize", "\"1\"")]
    [InlineData("Name", "\"db\"")]
    [InlineData("Labels", "{}")]
    [InlineData("Labels", """{"Gateway.Managed":"me"}""")]
    [InlineData("Labels", """{"gateway.managed":"me","gateway.self":"true"}""")]
    [InlineData("Labels", """{"gateway.managed":"me","com.docker.compose.project":"shop"}""")]
    [InlineData("Labels", """{"gateway.managed":"me","traefik.enable":"true"}""")]
    [InlineData("Labels", "null")]
    [InlineData("Image", "\"../x\"")]
    [InlineData("Image", "null")]
    [InlineData("Entrypoint", """["/bin/sh"]""")]
    [InlineData("Env", """["LD_PRELOAD=/x.so"]""")]
    [InlineData("Env", """["NVIDIA_VISIBLE_DEVICES=all"]""")]
    [InlineData("Env", "[null]")]
    [InlineData("Cmd", "[null]")]
    [InlineData("User", "\"0:999\"")]
    [InlineData("StopTimeout", "99999")]
    [InlineData("Healthcheck", """{"Test":["CMD","x"]}""")]
    [InlineData("Healthcheck", """{"Test":["NONE"],"Interval":1}""")]
    [InlineData("ExposedPorts", """{"8001/sctp":{}}""")]
    [InlineData("ExposedPorts", """{"8001/tcp":{"x":1}}""")]
    [InlineData("NetworkingConfig", """{"EndpointsConfig":{"engines":{"Aliases":["gateway-writer-0123abcd"]}}}""")]
    [InlineData("HostConfig", "null")]
    public async Task Member_ValueThatTheGatewayDoesNotSend_IsRefused(string path, string value)
    {
        await RefusedAsync((create, bench) =>
        {
            var parts = path.Split('.');
            var owner = parts.Length == 1 ? create : create[parts[0]]!.AsObject();
            owner[parts[^1]] = JsonNode.Parse(value.Replace("FOLDER", bench.Folder, StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData("engines", "db", "gateway-writer-0123abcd")]
    [InlineData("engines", "gateway-writer-0123abcd", "db")]
    [InlineData("foreign", "gateway-writer-0123abcd", "gateway-writer-0123abcd")]
    [InlineData("engines", null, "gateway-writer-0123abcd")]
    [InlineData("engines", "gateway-writer-0123abcd", "gateway-writer-0123abcd", ""","Links":["db"]""")]
    [InlineData("engines", "gateway-writer-0123abcd", "gateway-writer-0123abcd", ""","IPAMConfig":{"IPv4Address":"10.0.0.2"}""")]
    [InlineData("engines", "gateway-writer-0123abcd", "gateway-writer-0123abcd", ""","DriverOpts":{"a":"b"}""")]
    [InlineData("engines", "gateway-writer-0123abcd", "gateway-writer-0123abcd", ""","MacAddress":"02:42:ac:11:00:02" """)]
    public async Task Network_NamesAndPlacesOfOthers_AreRefused(string network, string? name, string alias, string more = "")
    {
        await RefusedAsync(
            create =>
            {
                create["HostConfig"]!.AsObject().Remove("PortBindings");
                create["HostConfig"]!["NetworkMode"] = "engines";
                create["NetworkingConfig"] = JsonNode.Parse("{\"EndpointsConfig\":{\"" + network + "\":{\"Aliases\":[\"" + alias + "\"]" + more + "}}}");
            },
            name);
    }

    [Theory]
    [InlineData("\"NetworkMode\":\"host\",")]
    [InlineData("\"CapDrop\":[\"ALL\"],")]
    [InlineData("\"Privileged\":true,")]
    [InlineData("\"Privileged\":false,")]
    public async Task Create_MemberGivenTwice_IsRefused(string twice)
    {
        await using var bench = await ProxyBench.StartAsync();
        var body = (await BodyAsync(bench)).ToJsonString().Replace("\"CapDrop\"", twice + "\"CapDrop\"", StringComparison.Ordinal);

        Assert.Equal(403, (await bench.SendAsync("POST", $"/v1.41/containers/create?name={Name}", twice.Contains("Mode", StringComparison.Ordinal) ? body.Replace("\"ReadonlyRootfs\"", "\"NetworkMode\":null,\"ReadonlyRootfs\"", StringComparison.Ordinal) : body)).Status);
        Assert.Empty(bench.Passed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"Image\":")]
    public async Task Create_NoContainer_IsRefused(string body)
    {
        await using var bench = await ProxyBench.StartAsync();

        Assert.Equal(403, (await bench.SendAsync("POST", "/v1.41/containers/create", body)).Status);
        Assert.Empty(bench.Passed);
    }

    [Fact]
    public async Task Create_WithoutALogDriver_GetsTheGatewaysOwn()
    {
        await using var bench = await ProxyBench.StartAsync();
        var body = await BodyAsync(bench);
        body["HostConfig"]!.AsObject().Remove("LogConfig");

        Assert.Equal(200, (await bench.SendAsync("POST", $"/v1.41/containers/create?name={Name}", body.ToJsonString())).Status);
        Assert.Contains("\"LogConfig\":{\"Type\":\"json-file\"", bench.Docker.Calls[^1].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Mount_FolderThatIsALink_IsRefusedWhenItIsMadeAndWhenItIsStarted()
    {
        await using var bench = await ProxyBench.StartAsync();
        var body = (await BodyAsync(bench)).ToJsonString();
        Directory.CreateDirectory(Path.Combine(bench.Folder, "models"));
        Assert.Equal(200, (await bench.SendAsync("POST", $"/v1.41/containers/create?name={Name}", body)).Status);

        Directory.Delete(Path.Combine(bench.Folder, "models"));
        Directory.CreateSymbolicLink(Path.Combine(bench.Folder, "models"), "/");
        bench.Docker.Answers = (_, _) => (200, $$"""{"Id":"ours0","Config":{"Labels":{"gateway.managed":"me"} },"Mounts":[{"Type":"bind","Source":"{{bench.Folder}}/models"}]}""");

        Assert.Contains("is a link", (await bench.SendAsync("POST", $"/v1.41/containers/create?name={Name}", body)).Body, StringComparison.Ordinal);
        Assert.Contains("is a link", (await bench.SendAsync("POST", "/v1.41/containers/ours/start")).Body, StringComparison.Ordinal);
        Assert.Single(bench.Docker.Calls, call => call.Method == "POST");
    }

    [Fact]
    public async Task Mount_FolderThatEveryoneMayWriteTo_IsRefused()
    {
        await using var bench = await ProxyBench.StartAsync();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(bench.Folder, File.GetUnixFileMode(bench.Folder) | UnixFileMode.OtherWrite);
        }

        Assert.Contains("everyone", (await bench.SendAsync("POST", $"/v1.41/containers/create?name={Name}", (await BodyAsync(bench)).ToJsonString())).Body, StringComparison.Ordinal);
    }

    private static Task<string> RefusedAsync(Action<JsonObject> change, string? name = Name) => RefusedAsync((create, _) => change(create), name);

    private static async Task<string> RefusedAsync(Action<JsonObject, ProxyBench> change, string? name = Name)
    {
        await using var bench = await ProxyBench.StartAsync();
        var create = await BodyAsync(bench);
        var (whole, answered) = await bench.SendAsync("POST", $"/v1.41/containers/create?name={Name}", create.ToJsonString());
        Assert.True(whole == 200, answered);
        create["Name"] = name;
        change(create, bench);

        var (status, answer) = await bench.SendAsync("POST", "/v1.41/containers/create" + (name is null ? "" : $"?name={name}"), create.ToJsonString());

        Assert.True(status == 403, answer);
        Assert.Single(bench.Docker.Calls, call => call.Method == "POST");
        return answer;
    }

    /// <summary>What passes is what was sent, without the members that have no value.</summary>
    private static void AssertSame(JsonObject sent, JsonObject passed, string path)
    {
        Assert.All(passed, member => Assert.True(sent.ContainsKey(member.Key), path + member.Key));
        foreach (var (name, value) in sent.Where(member => path.Length > 0 || member.Key != "Name"))
        {
            if (value is JsonObject part && passed[name] is JsonObject other && part.Count > 0)
            {
                AssertSame(part, other, $"{path}{name}.");
            }
            else if (!IsUnset(value) || passed.ContainsKey(name))
            {
                Assert.True(JsonNode.DeepEquals(value, passed[name]), $"{path}{name}: {value?.ToJsonString()} and {passed[name]?.ToJsonString()}");
            }
        }
    }

    private static IEnumerable<string> Unset(JsonObject part) => part.Where(member => IsUnset(member.Value)).Select(member => member.Key);

    private static bool IsUnset(JsonNode? value) => value?.ToJsonString() is null or "false" or "0" or "\"\"";

    private static async Task<JsonObject> BodyAsync(ProxyBench bench) => await SentAsync(Plan(bench, "llamacpp", Accelerator.Cpu, "folders"));

    /// <summary>What the library makes of it.</summary>
    private static async Task<JsonObject> SentAsync(CreateContainerParameters plan)
    {
        using var folder = new TemporaryFolder();
        await using var docker = await DockerStub.StartAsync(folder.File("docker.sock"));
        docker.Answers = (method, _) => method == "POST" ? (201, """{"Id":"x"}""") : null;
        using var host = new DockerHost(new DockerAddress(folder.File("docker.sock"), new Uri("http://docker")), new RegistryLogins(null), TimeProvider.System);
        await host.CreateContainerAsync(plan, CancellationToken.None);
        return JsonNode.Parse(docker.Calls[^1].Body)!.AsObject();
    }

    private static CreateContainerParameters Plan(ProxyBench bench, string kind, Accelerator accelerator, string where)
    {
        var engine = EngineCatalog.Find(kind)!;
        var place = where switch
        {
            "folders" => new EnginePlace { Folders = bench.Folder },
            "network" => new EnginePlace { Network = "engines" },
            _ => new EnginePlace(),
        };
        var options = engine.Deployment.Options.ToDictionary(option => option.Variable, option => option.Allowed?[0] ?? "1");
        var version = new EngineVersion
        {
            Request = new EngineRequest { Name = "writer", Kind = kind, Accelerator = accelerator, Model = "org/model", Options = options },
            Container = Name,
            Slot = place.Slot(Name, engine.Deployment.Container!.Port, 20001),
            Image = "a.example/x@sha256:" + new string('a', 64),
            Reference = "a.example/x:1",
            ApiKey = "key",
            InstalledAt = DateTimeOffset.UnixEpoch,
        };
        return ContainerPlan.Build(engine, version, place, EngineLabels.Of("me", new EngineKey("local", "writer"), kind));
    }
}
