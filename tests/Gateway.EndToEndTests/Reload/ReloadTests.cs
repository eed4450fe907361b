using System.Net;
using System.Text.Json;
using Gateway.Fakes;
using Gateway.Reload;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.EndToEndTests.Reload;

/// <summary>New settings while requests are under way: none is lost, and each goes by one set of settings from end to end.</summary>
public sealed class ReloadTests
{
    [Fact]
    public async Task Reload_WhileAStreamRuns_StreamEndsAndNewRequestsGoToTheNewEngine()
    {
        await using var environment = await TestEnvironment.StartAsync("openai");
        await using var other = await FakeEngine.StartAsync("llamacpp", TestEnvironment.EngineKey);
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        environment.Engine.Script.Next(exchange => SendInTwoPartsAsync(exchange, rest.Task));
        using var stream = await environment.Client.SendAsync(
            SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model, stream: true)), HttpCompletionOption.ResponseHeadersRead);

        Assert.Empty(await ReloadAsync(environment, Settings(other)));
        Assert.Equal(1, await ReplacedInUseAsync(environment));
        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(other.Model)));
        rest.SetResult();
        var text = await stream.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(other.Requests.All, request => !request.IsProbe);
        Assert.EndsWith("data: [DONE]\n\n", text, StringComparison.Ordinal);
        await Wait.UntilAsync(async () => await ReplacedInUseAsync(environment) == 0, "the old settings to end");
    }

    [Fact]
    public async Task Reload_ToAnEngineThatIsNotThereYet_AnswersComeBackLater()
    {
        await using var environment = await TestEnvironment.StartAsync("openai");
        await using var other = await FakeEngine.StartAsync("llamacpp", TestEnvironment.EngineKey);
        await other.StopAsync();

        Assert.Empty(await ReloadAsync(environment, Settings(other)));
        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat("any")));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        await other.ResumeAsync();
        await environment.Gateway.WaitForStateAsync("ready");
    }

    [Fact]
    public async Task Reload_WrongSettings_KeepsTheOldOnesAndSaysWhy()
    {
        await using var environment = await TestEnvironment.StartAsync("openai");

        var faults = await ReloadAsync(environment, new() { ["BACKEND_KIND"] = "abacus" });

        Assert.Contains("BACKEND_KIND=abacus is not allowed", Assert.Single(faults), StringComparison.Ordinal);
        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model)));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Reload_UnderLoad_LosesNoRequest()
    {
        await using var environment = await TestEnvironment.StartAsync("openai");
        await using var other = await FakeEngine.StartAsync("openai", TestEnvironment.EngineKey);
        using var done = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 4).Select(_ => CallAsync(environment, done.Token)).ToArray();

        for (var round = 0; round < 6; round++)
        {
            var seen = other.Requests.All.Count + environment.Engine.Requests.All.Count;
            Assert.Empty(await ReloadAsync(environment, Settings(round % 2 == 0 ? other : environment.Engine)));
            await Wait.UntilAsync(() => other.Requests.All.Count + environment.Engine.Requests.All.Count > seen + 20, "requests after a reload");
        }

        await done.CancelAsync();
        Assert.All(await Task.WhenAll(callers), statuses => Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status)));
    }

    private static async Task SendInTwoPartsAsync(Exchange exchange, Task rest)
    {
        exchange.Head(200, "text/event-stream");
        var begun = false;
        foreach (var frame in Frames.Split(DefaultAnswer.Stream(exchange)!))
        {
            await (begun ? rest : Task.CompletedTask);
            await exchange.FlushAsync(frame);
            begun |= !Frames.IsPreamble(frame);
        }
    }

    private static async Task<List<HttpStatusCode>> CallAsync(TestEnvironment environment, CancellationToken done)
    {
        var statuses = new List<HttpStatusCode>();
        while (!done.IsCancellationRequested)
        {
            using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model)), CancellationToken.None);
            statuses.Add(answer.StatusCode);
        }

        return statuses;
    }

    private static Task<IReadOnlyList<string>> ReloadAsync(TestEnvironment environment, Dictionary<string, string> settings) =>
        environment.Gateway.Services.GetRequiredService<LiveGateway>().ReloadAsync(settings, "test", CancellationToken.None);

    private static Dictionary<string, string> Settings(FakeEngine engine) =>
        TestEnvironment.Settings(engine.Profile.Id, engine.BaseUrl, ("API_KEYS", RunningGateway.ClientKey));

    private static async Task<int> ReplacedInUseAsync(TestEnvironment environment)
    {
        using var answer = await environment.Gateway.Anonymous.GetAsync("/ready");
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("replaced_settings_in_use").GetInt32();
    }
}
