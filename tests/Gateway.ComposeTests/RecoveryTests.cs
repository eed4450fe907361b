using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.Fakes;
using Gateway.TestModels;
using Xunit;

namespace Gateway.ComposeTests;

/// <summary>Engines that die, that do not start, or that are not in a container at all.</summary>
public sealed class RecoveryTests
{
    private const string Model = "model.gguf";

    [DockerFact]
    public async Task Engine_ContainerKilledAndStarted_IsUnavailableUntilThenWithoutARestartOfTheGateway()
    {
        await using var running = await Running.StartAsync("llamacpp");
        var place = running.Place;
        var started = await place.InspectAsync("gateway", "{{.State.StartedAt}}");
        var engine = await place.ContainerAsync("llamacpp");
        Assert.Contains($"ok    models llamacpp: It serves {Model}.", (await place.MakeAsync("doctor")).Succeeded().Output, StringComparison.Ordinal);

        (await place.RunAsync("docker", "kill", engine)).Succeeded();
        await Running.UntilAsync(async () => await running.StatusAsync(Model) == HttpStatusCode.ServiceUnavailable, "a 503");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, await running.StatusAsync(Model));
        }

        var doctor = await place.MakeAsync("doctor");
        Assert.NotEqual(0, doctor.Code);
        Assert.Contains("fail  engine llamacpp: ", doctor.Output, StringComparison.Ordinal);
        Assert.Contains("warn  llamacpp: Its container is exited", doctor.Output, StringComparison.Ordinal);
        (await place.RunAsync("docker", "start", engine)).Succeeded();
        await running.WaitForAnswerAsync(Model);
        Assert.Equal(started, await place.InspectAsync("gateway", "{{.State.StartedAt}}"));
    }

    [DockerFact]
    public async Task Engine_ContainerKilledMidStream_TellsTheCallerInBandAndComesBack()
    {
        await using var place = await Running.PrepareAsync("llamacpp");
        // Slow enough that its answer, which has no end, lasts until it is killed.
        place.AddModel(new TinyModelOptions { ZeroPadMebibytes = 100, ContextLength = 16384 });
        (await place.MakeAsync("up", "BACKEND=llamacpp")).Succeeded();
        var running = Running.Of(place);
        var engine = await place.ContainerAsync("llamacpp");
        using var answer = await running.EndlessAsync(Model);
        using var stream = await answer.Content.ReadAsStreamAsync();

        var text = await ReadAsync(stream, until: "\"content\":");
        (await place.RunAsync("docker", "kill", engine)).Succeeded();
        text += await ReadAsync(stream, until: null);

        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        var last = text.TrimEnd().Split("\n\n")[^1];
        Assert.Equal("stream_interrupted", JsonDocument.Parse(last["data: ".Length..]).RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        await Running.UntilAsync(async () => await running.StatusAsync(Model) == HttpStatusCode.ServiceUnavailable, "a 503");
        (await place.RunAsync("docker", "start", engine)).Succeeded();
        await Running.UntilAsync(async () => await running.StatusAsync(Model) == HttpStatusCode.OK, "the engine to be back");
    }

    [DockerFact]
    public async Task Engine_ProcessDies_IsStartedAgainByItself()
    {
        await using var running = await Running.StartAsync("llamacpp");
        var process = await running.Place.InspectAsync("llamacpp", "{{.State.Pid}}");

        (await running.Place.RunAsync("kill", "-KILL", process)).Succeeded();

        await Running.UntilAsync(async () => await running.Place.InspectAsync("llamacpp", "{{.RestartCount}}") != "0", "the engine to be started again");
        await running.WaitForAnswerAsync(Model);
    }

    [DockerFact]
    public async Task Up_FlagThatTheEngineRefuses_SaysWhatTheEngineSaysAndIsGivenUp()
    {
        await using var place = await Running.PrepareAsync("llamacpp", ("LLAMACPP_FLASH_ATTN", "sideways"));

        var up = await place.MakeAsync("up");

        Assert.NotEqual(0, up.Code);
        Assert.Contains("llamacpp does not start:", up.Output, StringComparison.Ordinal);
        Assert.Contains("sideways", up.Output, StringComparison.Ordinal);
        await Running.UntilAsync(async () => await place.InspectAsync("llamacpp", "{{.State.Status}}") == "exited", "the tries to end");
        Assert.InRange(int.Parse(await place.InspectAsync("llamacpp", "{{.RestartCount}}"), CultureInfo.InvariantCulture), 1, 5);
    }

    [DockerFact]
    public async Task Up_WrongSettingOfTheGateway_SaysWhich()
    {
        await using var place = await Running.PrepareAsync("llamacpp", ("GATEWAY_MAX_QUEUE", "many"));

        var up = await place.MakeAsync("up");

        Assert.NotEqual(0, up.Code);
        Assert.Contains("GATEWAY_MAX_QUEUE=many is not allowed", up.Output, StringComparison.Ordinal);
    }

    [DockerFact]
    public async Task Up_EngineOnTheHost_IsReachedThere()
    {
        await using var place = new Workplace();
        // What host.docker.internal leads to: this host, and nobody beyond it.
        var bridge = NetworkInterface.GetAllNetworkInterfaces().Single(one => one.Name == "docker0").GetIPProperties().UnicastAddresses;
        var host = bridge.Select(address => address.Address).First(address => address.AddressFamily == AddressFamily.InterNetwork);
        await using var engine = await FakeEngine.StartAsync(new FakeEngineOptions { Dialect = "lmstudio", Host = host.ToString() });
        (await place.MakeAsync("env-lmstudio")).Succeeded();
        place["BACKEND_BASE_URL"] = $"http://host.docker.internal:{engine.BaseUrl.Port}/v1";

        var up = (await place.MakeAsync("up", "BACKEND=none")).Succeeded();

        await using var running = Running.Of(place);
        Assert.Contains("Ready:", up.Output, StringComparison.Ordinal);
        Assert.True(await running.AskAsync(engine.Model) > 0);
    }

    [DockerFact]
    public async Task Up_WithAGatewayFile_TakesItsBackends()
    {
        await using var place = await Running.PrepareAsync("vllm", ("GATEWAY_CONFIG", "data/config/gateway.yaml"), ("COMPOSE_PROFILES", "vllm,tgi"));
        Directory.CreateDirectory(Path.Combine(place.Folder, "data", "config"));
        File.WriteAllText(Path.Combine(place.Folder, "data", "config", "gateway.yaml"), """
            backends:
              - {name: first, kind: vllm, urls: ["http://vllm:8001/v1"]}
              - {name: second, kind: tgi, urls: ["http://tgi:8001/v1"]}
            """);

        (await place.MakeAsync("up", "BACKEND=vllm")).Succeeded();

        var running = Running.Of(place);
        await Running.UntilAsync(async () => await StatesAsync(running) == "first:ready second:ready", "both backends to be ready");
    }

    [DockerFact]
    public async Task Down_WhileAStreamRuns_LetsItEnd()
    {
        await using var running = await Running.StartAsync("vllm");
        var container = await running.Place.ContainerAsync("vllm");
        (await running.Place.RunAsync("docker", "exec", container, "curl", "-fsS", "-d", "paced 500", "http://127.0.0.1:9009/next")).Succeeded();
        using var stream = await running.ChatAsync(await running.ModelAsync(), stream: true);
        var text = stream.Content.ReadAsStringAsync();

        (await running.Place.MakeAsync("down")).Succeeded();

        Assert.EndsWith("data: [DONE]\n\n", await text, StringComparison.Ordinal);
        Assert.Equal("", await running.Place.LeftAsync());
    }

    /// <summary>What comes until a text is in it, or until the connection breaks off, as it does after a broken stream.</summary>
    private static async Task<string> ReadAsync(Stream stream, string? until)
    {
        var text = "";
        var buffer = new byte[4096];
        try
        {
            for (var read = await stream.ReadAsync(buffer); read > 0; read = await stream.ReadAsync(buffer))
            {
                text += Encoding.UTF8.GetString(buffer, 0, read);
                if (until is not null && text.Contains(until, StringComparison.Ordinal))
                {
                    break;
                }
            }
        }
        catch (HttpIOException e) when (until is null && e.HttpRequestError == HttpRequestError.ResponseEnded)
        {
            // Without the mark of a whole body: that is the point.
        }

        return text;
    }

    private static async Task<string> StatesAsync(Running running)
    {
        using var answer = await running.Client.GetAsync("/ready");
        using var ready = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return string.Join(' ', ready.RootElement.GetProperty("backends").EnumerateArray().Select(backend => $"{backend.GetProperty("name")}:{backend.GetProperty("state")}"));
    }
}
