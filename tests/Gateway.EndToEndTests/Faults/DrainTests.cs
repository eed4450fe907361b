using System.Text;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Faults;

/// <summary>A gateway that is told to end while a stream runs: the stream goes on, and what comes anew is refused so that the client goes elsewhere.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task Terminated_StreamRuns_NewRequestsAreRefusedOnNewAndKeptConnections()
    {
        await using var engine = await FakeEngine.StartAsync("vllm");
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        engine.Script.Next(Replies.Gated(gate.Task, Replies.Default));
        using var gateway = await GatewayProcess.StartAsync(new Dictionary<string, string>
        {
            ["BACKEND_KIND"] = "vllm",
            ["BACKEND_BASE_URL"] = engine.BaseUrl.ToString(),
            ["GATEWAY_DRAIN_SECONDS"] = "120",
        });
        using var client = new HttpClient { BaseAddress = gateway.Url, Timeout = Wait.Deadline };
        client.DefaultRequestHeaders.Authorization = new("Bearer", RunningGateway.ClientKey);
        using var stream = await client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(engine.Model, stream: true)), HttpCompletionOption.ResponseHeadersRead);
        using var kept = await RawClient.ConnectAsync(gateway.Url);
        await kept.SendAsync(RawClient.Head("GET", "/v1/models"));
        Assert.Equal(200, (await kept.ReadAsync()).Status);

        await gateway.TerminateAsync();
        await Wait.UntilAsync(async () => !await gateway.IsReadyAsync(), "the gateway not to be ready");
        RawResponse? refused = null;
        await Wait.UntilAsync(async () => (refused = await FreshAsync(gateway, engine)).Status != 200, "new requests to be refused");
        AssertRefused(refused!);
        await kept.SendAsync(Chat(engine));
        AssertRefused(await kept.ReadAsync());
        Assert.True(await kept.IsClosedAsync());

        gate.SetResult();
        Assert.EndsWith("data: [DONE]\n\n", await stream.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await gateway.EndedAsync();
    }

    private static void AssertRefused(RawResponse answer)
    {
        Assert.Equal(503, answer.Status);
        Assert.Equal("close", answer.Headers["Connection"], ignoreCase: true);
        Assert.Equal("2", answer.Headers["Retry-After"]);
        Assert.Contains("\"code\":\"engine_unavailable\"", answer.Text, StringComparison.Ordinal);
    }

    private static async Task<RawResponse> FreshAsync(GatewayProcess gateway, FakeEngine engine)
    {
        using var fresh = await RawClient.ConnectAsync(gateway.Url);
        await fresh.SendAsync(Chat(engine));
        return await fresh.ReadAsync();
    }

    private static string Chat(FakeEngine engine)
    {
        var body = SampleRequest.Chat(engine.Model);
        return RawClient.Head("POST", "/v1/chat/completions", "Content-Type: application/json", $"Content-Length: {Encoding.UTF8.GetByteCount(body)}") + body;
    }
}
