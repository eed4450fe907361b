using System.Net;
using System.Text.Json;
using Gateway.Fakes;
using Xunit;

namespace Gateway.ComposeTests;

/// <summary>Another engine in place of the running one, under traffic.</summary>
public sealed class SwapTests
{
    /// <summary>How long the stream lasts: longer than a swap takes to reach the gateway on a busy machine, shorter than a drain.</summary>
    private const int StreamSeconds = 75;

    [DockerFact]
    public async Task Swap_WhileAStreamRuns_StreamEndsWholeAndNoRequestIsLost()
    {
        await using var running = await Running.StartAsync("vllm", ("GATEWAY_DRAIN_SECONDS", "120"));
        running.Place.AddModel();
        await SlowDownAsync(running);
        using var stream = await running.ChatAsync(await running.ModelAsync(), stream: true);
        using var done = new CancellationTokenSource();
        var caller = CallAsync(running, done.Token);
        var text = stream.Content.ReadAsStringAsync();

        var swap = running.Place.MakeAsync("swap", "BACKEND=llamacpp");
        await Running.UntilAsync(async () => await KindAsync(running) == "llamacpp", "the new engine to be in force");
        var streamRan = !text.IsCompleted;
        (await swap).Succeeded();
        await done.CancelAsync();

        Assert.True(streamRan, "The stream ended before the swap; it proves nothing.");
        Assert.EndsWith("data: [DONE]\n\n", await text, StringComparison.Ordinal);
        Assert.All(await caller, status => Assert.True(status is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{status}"));
        Assert.True(await running.AskAsync("model.gguf") > 0);
        Assert.Equal("", await running.Place.ContainerAsync("vllm"));
    }

    [DockerFact]
    public async Task Swap_ThenTheGatewayIsStartedAgain_KeepsTheNewEngine()
    {
        await using var running = await Running.StartAsync("tgi");
        var before = File.ReadAllText(running.Place.EnvFile);
        running.Place.Set(ContainerEngines.OnCpu("sglang"));
        (await running.Place.MakeAsync("swap", "BACKEND=sglang", "MODEL_NAME=some/model")).Succeeded();

        await running.Place.RunAsync("docker", "restart", await running.Place.ContainerAsync("gateway"));
        await Running.UntilAsync(async () => await KindAsync(running) == "sglang", "the gateway to be back");

        await running.WaitForAnswerAsync("some/model");
        Assert.Contains("MODEL_NAME=some/model", File.ReadAllLines(running.Place.EnvFile));
        Assert.Equal(before, File.ReadAllText(Directory.GetFiles(running.Place.Folder, ".env.bak-*").Single()));
    }

    [DockerFact]
    public async Task Swap_ToAnEngineThatCannotStart_ChangesNothing()
    {
        await using var running = await Running.StartAsync("vllm");
        var before = File.ReadAllText(running.Place.EnvFile);

        var swap = await running.Place.MakeAsync("swap", "BACKEND=llamacpp");

        Assert.NotEqual(0, swap.Code);
        Assert.Contains("The model file data/models/model.gguf is not there.", swap.Output, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(running.Place.EnvFile));
        Assert.True(await running.AskAsync(await running.ModelAsync()) > 0);
    }

    /// <summary>Every answer of the fake engine comes frame by frame, a stream in about <see cref="StreamSeconds"/>.</summary>
    private static async Task SlowDownAsync(Running running)
    {
        var frames = Frames.Split(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "fixtures", "engines", "vllm", "chat.sse"))).Count;
        var container = await running.Place.ContainerAsync("vllm");
        (await running.Place.RunAsync("docker", "exec", container, "curl", "-fsS", "-d", $"paced {StreamSeconds * 1000 / frames}", "http://127.0.0.1:9009/next")).Succeeded();
    }

    private static async Task<List<HttpStatusCode>> CallAsync(Running running, CancellationToken done)
    {
        var statuses = new List<HttpStatusCode>();
        while (!done.IsCancellationRequested)
        {
            statuses.Add(await running.StatusAsync(""));
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, CancellationToken.None);
        }

        return statuses;
    }

    private static async Task<string> KindAsync(Running running)
    {
        try
        {
            using var answer = await running.Client.GetAsync("/ready");
            using var ready = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
            return ready.RootElement.GetProperty("backends")[0].GetProperty("kind").GetString()!;
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }
}
