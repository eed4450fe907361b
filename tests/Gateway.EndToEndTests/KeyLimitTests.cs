using System.Net;
using System.Text.Json;
using Gateway.EndToEndTests.Reload;
using Gateway.Fakes;
using Gateway.Proxy.Limits;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>Keys with limits, as their owners and their neighbours see them.</summary>
public sealed class KeyLimitTests
{
    private const string TeamKey = "team-key-40c1";

    [Fact]
    public async Task Chat_OverRequestsPerMinute_IsToldWhenToComeBackAndTheEngineIsNotAsked()
    {
        await using var rig = await StartAsync("requests_per_minute: 2");
        using var team = rig.Gateway.NewClient(TeamKey);

        for (var left = 1; left >= 0; left--)
        {
            using var answer = await ChatAsync(rig, team);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(("2", $"{left}"), (Header(answer, "limit-requests"), Header(answer, "remaining-requests")));
            Assert.Matches(@"^1m[01](\.\d+)?s$|^\d+(\.\d+)?s$", Header(answer, "reset-requests"));
        }

        using var refused = await ChatAsync(rig, team);
        await Answers.AssertGatewayErrorAsync(refused, 429, "rate_limit_exceeded");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 61);
        Assert.Equal(2, rig.Engines[0].Requests.Work.Count);
        await Wait.UntilAsync(
            async () => (await MetricsTests.ScrapeAsync(rig.Gateway.Anonymous)).GetValueOrDefault("gateway_rejections_total{backend=\"\",reason=\"rate_limit_exceeded\"}") == 1, "the refusal to be counted");

        // Its list of models is free, and nobody else is concerned.
        Assert.Equal(HttpStatusCode.OK, (await team.GetAsync("/v1/models")).StatusCode);
        using var other = await rig.ChatAsync(rig.Model);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.DoesNotContain(other.Headers, header => header.Key.StartsWith("x-ratelimit", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Messages_OverTheLimit_GetAnthropicsEnvelope()
    {
        await using var rig = await StartAsync("max_concurrency: 1, requests_per_minute: 1");
        using var team = rig.Gateway.NewClient(TeamKey);
        using var first = await ChatAsync(rig, team);

        using var refused = await team.SendAsync(SampleRequest.To(Gateway.Engines.Endpoints.EndpointId.Messages, rig.Model));
        using var body = JsonDocument.Parse(await refused.Content.ReadAsStringAsync());

        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal("rate_limit_error", body.RootElement.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task Chat_OverConcurrency_IsRefusedUntilOneHasEnded()
    {
        await using var rig = await StartAsync("max_concurrency: 1");
        using var team = rig.Gateway.NewClient(TeamKey);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Engines[0].Script.Next(Replies.After(gate.Task));
        var running = ChatAsync(rig, team);
        await rig.Engines[0].Requests.WaitForWorkAsync(Wait.Deadline);

        using (var refused = await ChatAsync(rig, team))
        {
            await Answers.AssertGatewayErrorAsync(refused, 429, "rate_limit_exceeded");
        }

        gate.SetResult();
        using var answer = await running;
        await Wait.UntilAsync(
            async () =>
            {
                using var next = await ChatAsync(rig, team);
                return next.StatusCode == HttpStatusCode.OK;
            },
            "the place to be free again");
    }

    [Fact]
    public async Task Chat_Whole_IsChargedWhatTheEngineCounted()
    {
        await using var rig = await StartAsync("tokens_per_minute: 1000000");
        using var team = rig.Gateway.NewClient(TeamKey);

        using var answer = await ChatAsync(rig, team);
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());

        await AssertChargedAsync(rig, body.RootElement.GetProperty("usage").GetProperty("total_tokens").GetInt64());
    }

    [Fact]
    public async Task Stream_LeftInTheMiddle_IsChargedWhatWasRelayedAndMarkedPartial()
    {
        await using var rig = await StartAsync("tokens_per_minute: 1000000");
        using var team = rig.Gateway.NewClient(TeamKey);
        rig.Engines[0].Script.Next(Replies.StallAfterFrames(4));
        var body = SampleRequest.Chat(rig.Model, stream: true);

        using (var answer = await team.SendAsync(SampleRequest.Post("/v1/chat/completions", body), HttpCompletionOption.ResponseHeadersRead))
        {
            var stream = await answer.Content.ReadAsStreamAsync();
            var text = "";
            while (text.Split("data:").Length < 5)
            {
                var buffer = new byte[4096];
                text += System.Text.Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer));
            }
        }

        await Wait.UntilAsync(() => Use(rig) is { Running: 0, Held: 0 }, "the request to end");
        Assert.InRange(Use(rig).Tokens.Sum, (body.Length / 4) + 1, (body.Length / 4) + 4);
        await Wait.UntilAsync(
            async () => (await MetricsTests.ScrapeAsync(rig.Gateway.Anonymous)).Any(pair => pair is { Value: 1 } && pair.Key.StartsWith("gateway_usage_total", StringComparison.Ordinal) && pair.Key.Contains("usage=\"partial\"", StringComparison.Ordinal)),
            "the partial count");
    }

    [Fact]
    public async Task Chat_PastTheMonthsQuota_IsRefusedAlsoAfterARestart()
    {
        await using var rig = await StartAsync("monthly_tokens: 5");
        using (var team = rig.Gateway.NewClient(TeamKey))
        {
            using var first = await ChatAsync(rig, team);
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
            await Wait.UntilAsync(() => Use(rig) is { Running: 0 }, "the request to be counted");
            using var refused = await ChatAsync(rig, team);
            await Answers.AssertGatewayErrorAsync(refused, 429, "insufficient_quota");
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalDays, 0, 31);
        }

        var metrics = await MetricsTests.ScrapeAsync(rig.Gateway.Anonymous);
        Assert.Equal(5, metrics["gateway_key_monthly_tokens_limit{key=\"team\"}"]);
        Assert.InRange(metrics["gateway_key_monthly_tokens_used{key=\"team\"}"], 5, 1000);

        await rig.RestartAsync();
        Assert.True(File.Exists(Path.Combine(Path.GetDirectoryName(rig.File)!, "data", "key-usage.json")));
        using var again = rig.Gateway.NewClient(TeamKey);
        using var still = await ChatAsync(rig, again);
        await Answers.AssertGatewayErrorAsync(still, 429, "insufficient_quota");
    }

    [Fact]
    public async Task Reload_OtherSettings_KeepsTheCountsAndTakesTheLimits()
    {
        await using var rig = await StartAsync("requests_per_minute: 1");
        using var team = rig.Gateway.NewClient(TeamKey);
        using var first = await ChatAsync(rig, team);

        await File.WriteAllTextAsync(rig.File, Text(rig.Engines[0], "requests_per_minute: 1, models: [\"*\"]"));
        Assert.Empty(await rig.ReloadAsync());
        using var refused = await ChatAsync(rig, team);
        await File.WriteAllTextAsync(rig.File, Text(rig.Engines[0], "requests_per_minute: 2"));
        Assert.Empty(await rig.ReloadAsync());
        using var second = await ChatAsync(rig, team);
        using var third = await ChatAsync(rig, team);

        Assert.Equal([200, 429, 200, 429], new[] { first, refused, second, third }.Select(answer => (int)answer.StatusCode));
    }

    [Fact]
    public async Task Engine_TellsLimitsOfItsOwn_TheyPassOnlyWhereTheKeyHasNone()
    {
        await using var rig = await StartAsync("requests_per_minute: 9");
        rig.Engines[0].Script.Always(Replies.Header("x-ratelimit-limit-requests", "77", Replies.Header("x-ratelimit-limit-tokens", "88", Replies.Default)));
        using var team = rig.Gateway.NewClient(TeamKey);

        using var limited = await ChatAsync(rig, team);
        using var free = await rig.ChatAsync(rig.Model);

        Assert.Equal(("9", ""), (Header(limited, "limit-requests"), Header(limited, "limit-tokens")));
        Assert.Equal(("77", "88"), (Header(free, "limit-requests"), Header(free, "limit-tokens")));
    }

    private static Task<FileRig> StartAsync(string limits) => FileRig.StartAsync(1, engines => Text(engines[0], limits));

    private static string Text(FakeEngine engine, string limits) => $"backends:\n{FileRig.Backend("a", engine)}keys:\n  - {{name: team, key: {TeamKey}, {limits}}}\n";

    private static Task<HttpResponseMessage> ChatAsync(FileRig rig, HttpClient client) =>
        client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(rig.Model)));

    private static string Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues($"x-ratelimit-{name}", out var values) ? values.Single() : "";

    private static KeyUse Use(FileRig rig) => rig.Gateway.Services.GetRequiredService<KeyLimiter>().Uses["team"];

    private static async Task AssertChargedAsync(FileRig rig, long tokens)
    {
        await Wait.UntilAsync(() => Use(rig) is { Running: 0, Held: 0 }, "the request to end");
        Assert.Equal(tokens, Use(rig).Tokens.Sum);
    }
}
