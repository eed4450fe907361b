using System.Net;
using System.Net.Sockets;
using Gateway.Commands.Doctor;
using Gateway.Engines;
using Gateway.Fakes;
using Gateway.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Gateway.Tests.Commands;

/// <summary>Every trouble is one line with its remedy, and only what stops requests is a failure.</summary>
public sealed class DoctorCommandTests
{
    private const string Port = "0";

    public static TheoryData<string> Engines => [.. EngineCatalog.All.Where(profile => !profile.Demonstration).Select(profile => profile.Id)];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Doctor_EngineIsReady_NamesItsModels(string engine)
    {
        await using var fake = await FakeEngine.StartAsync(new FakeEngineOptions { Dialect = engine });

        var (code, text) = await RunAsync(("BACKEND_KIND", engine), ("BACKEND_BASE_URL", $"{fake.BaseUrl}"), ("MODEL_NAME", fake.Model));

        Assert.Equal((DoctorCommand.Well, true), (code, text.Contains($"{EngineCatalog.Find(engine)!.DisplayName} at {fake.BaseUrl}", StringComparison.Ordinal)));
        Assert.Contains("is ready.", text, StringComparison.Ordinal);
        Assert.Contains($"ok    models {engine}: It serves", text, StringComparison.Ordinal);
        Assert.Contains(fake.Model, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_WrongSettings_FailsWithEachOfThem()
    {
        var (code, text) = await RunAsync(("BACKEND_KIND", "abacus"), ("GATEWAY_MAX_QUEUE", "many"));

        Assert.Equal(DoctorCommand.Unwell, code);
        Assert.Contains("fail  settings: BACKEND_KIND=abacus", text, StringComparison.Ordinal);
        Assert.Contains("fail  settings: GATEWAY_MAX_QUEUE=many", text, StringComparison.Ordinal);
        Assert.Contains("docs/configuration.md", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_NobodyListens_FailsAndSaysWhatToDo()
    {
        using var closed = new Socket(SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        var (code, text) = await RunAsync(("BACKEND_KIND", "vllm"), ("BACKEND_BASE_URL", $"http://{closed.LocalEndPoint}/v1"));

        Assert.Equal(DoctorCommand.Unwell, code);
        Assert.Contains("fail  engine vllm: ", text, StringComparison.Ordinal);
        Assert.Contains("connection refused at http://", text, StringComparison.Ordinal);
        Assert.Contains("BACKEND_BASE_URL", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_UnknownHost_SaysThatItHasNoSuchName()
    {
        var (code, text) = await RunAsync(("BACKEND_KIND", "vllm"), ("BACKEND_BASE_URL", "http://no-such-host.invalid:8001/v1"));

        Assert.Equal(DoctorCommand.Unwell, code);
        Assert.Contains("no host of the name in http://no-such-host.invalid:8001/v1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_LoopbackInsideAContainer_SaysWhereTheHostIs()
    {
        using var closed = new Socket(SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)closed.LocalEndPoint!).Port;

        var (code, text) = await RunAsync(("BACKEND_KIND", "vllm"), ("BACKEND_BASE_URL", $"http://127.0.0.1:{port}/v1"), ("DOTNET_RUNNING_IN_CONTAINER", "true"));

        Assert.Equal(DoctorCommand.Unwell, code);
        Assert.Contains($"http://host.docker.internal:{port}/v1", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_WrongKeyForTheEngine_NamesTheSetting()
    {
        await using var fake = await FakeEngine.StartAsync(new FakeEngineOptions { Dialect = "llamacpp", ApiKey = "engine-key-1" });

        var (code, text) = await RunAsync(("BACKEND_KIND", "llamacpp"), ("BACKEND_BASE_URL", $"{fake.BaseUrl}"), ("BACKEND_API_KEY", "another-key"));

        Assert.Equal(DoctorCommand.Unwell, code);
        Assert.Contains("BACKEND_API_KEY", text, StringComparison.Ordinal);
        Assert.DoesNotContain("another-key", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_ModelIsNotServed_Warns()
    {
        await using var fake = await FakeEngine.StartAsync(new FakeEngineOptions { Dialect = "vllm" });

        var (code, text) = await RunAsync(("BACKEND_KIND", "vllm"), ("BACKEND_BASE_URL", $"{fake.BaseUrl}"), ("MODEL_NAME", "another/model"));

        Assert.Equal(DoctorCommand.Well, code);
        Assert.Contains($"warn  models vllm: MODEL_NAME=another/model is not among them: {fake.Model}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_MisspeltSetting_Warns()
    {
        var (code, text) = await RunAsync(("BACKEND_KIND", "demo"), ("GATEWAY_PROT", "80"));

        Assert.Equal(DoctorCommand.Well, code);
        Assert.Contains("warn  settings: GATEWAY_PROT is not a setting", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_PortTaken_FailsUnlessAGatewayHasIt()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var (taken, text) = await RunAsync(("BACKEND_KIND", "demo"), ("GATEWAY_PORT", $"{((IPEndPoint)other.LocalEndpoint).Port}"));
        await using var gateway = await GatewayApp.BuildAsync(new Dictionary<string, string> { ["BACKEND_KIND"] = "demo", ["GATEWAY_PORT"] = "0" }, logging => logging.ClearProviders(), CancellationToken.None);
        await gateway.StartAsync();
        var (ours, textOfOurs) = await RunAsync(("BACKEND_KIND", "demo"), ("GATEWAY_PORT", $"{new Uri(gateway.Urls.Single()).Port}"));

        Assert.Equal((DoctorCommand.Unwell, DoctorCommand.Well), (taken, ours));
        Assert.Contains("is in use by another program", text, StringComparison.Ordinal);
        Assert.Contains("ok    address: A gateway runs at", textOfOurs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_AnyArgument_IsWrongUsage() =>
        Assert.Equal(DoctorCommand.WrongUsage, await DoctorCommand.RunAsync(["--now"], new Dictionary<string, string>(), TextWriter.Null, TextWriter.Null));

    private static async Task<(int Code, string Text)> RunAsync(params (string Name, string Value)[] settings)
    {
        using var output = new StringWriter();
        var variables = new Dictionary<string, string> { ["GATEWAY_PORT"] = Port };
        foreach (var (name, value) in settings)
        {
            variables[name] = value;
        }

        return (await DoctorCommand.RunAsync([], variables, output, TextWriter.Null), output.ToString());
    }
}
