using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>A caller who leaves ends the engine's work at once, streamed or not, whatever the engine was doing.</summary>
public sealed class CancellationTests(EnginePool engines) : IClassFixture<EnginePool>
{
    public static TheoryData<string, bool> Rows
    {
        get
        {
            var rows = new TheoryData<string, bool>();
            foreach (var engine in EngineRows.Ids)
            {
                rows.Add(engine, true);
                rows.Add(engine, false);
            }

            return rows;
        }
    }

    public static TheoryData<string> Engines => EngineRows.All;

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Disconnect_EngineHasNotAnswered_AbortsItsWork(string engine, bool stream) =>
        AssertAbortedAsync(engine, stream, Replies.StallBeforeHeaders);

    [Theory]
    [MemberData(nameof(Rows))]
    public Task Disconnect_EngineHasSentItsHeaders_AbortsItsWork(string engine, bool stream) =>
        AssertAbortedAsync(engine, stream, Replies.StallAfterHeaders);

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Disconnect_StreamIsRunning_AbortsItsWork(string engine)
    {
        var environment = await engines.ForAsync(engine);
        environment.Engine.Script.Next(Replies.StallAfterFrames(2));
        var request = SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model, stream: true);

        var answer = await environment.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var stream = await answer.Content.ReadAsStreamAsync();
        Assert.True(await stream.ReadAsync(new byte[64]) > 0);
        var received = await environment.WorkAsync();
        Assert.False(received.Aborted.IsCompleted);
        answer.Dispose();

        await received.Aborted.WaitAsync(Wait.Deadline);
    }

    [Fact]
    public async Task Disconnect_InTheMiddleOfTheUpload_NothingReachesTheEngine()
    {
        var environment = await engines.ForAsync("openai");
        using (var client = await RawClient.ConnectAsync(environment.Gateway.Url))
        {
            await client.SendAsync(RawClient.Head("POST", "/v1/chat/completions", "Content-Type: application/json", "Content-Length: 1000") + "{\"model\":");
        }

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model));
        Assert.Single(environment.Engine.Requests.Work);
    }

    private async Task AssertAbortedAsync(string engine, bool stream, Reply reply)
    {
        var environment = await engines.ForAsync(engine);
        environment.Engine.Script.Next(reply);
        var id = $"leaves-{Guid.NewGuid():N}";
        var request = SampleRequest.WithId(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model, stream), id);
        using var leaves = new CancellationTokenSource();

        var answer = environment.Client.SendAsync(request, leaves.Token);
        var received = await environment.WorkAsync();
        await received.Begun.WaitAsync(Wait.Deadline);
        Assert.False(received.Aborted.IsCompleted);
        await leaves.CancelAsync();

        await received.Aborted.WaitAsync(Wait.Deadline);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Contains("Canceled", await environment.Gateway.Log.WaitForAsync($"id={id}"), StringComparison.Ordinal);
    }
}
