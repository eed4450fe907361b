using System.Net.WebSockets;
using Gateway.Fakes;
using Gateway.Proxy.Health;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.EndToEndTests.Realtime;

/// <summary>Sessions over a WebSocket: what passes, how they end, and what is said of it to either side.</summary>
public sealed class RealtimeTests
{
    private const string Engine = "openai";
    private const string Usage = """{"type":"response.done","response":{"usage":{"input_tokens":3,"output_tokens":4,"input_token_details":{}}}}""";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16384)]
    [InlineData(300_000)]
    public async Task Session_MessageOfAnySize_PassesBothWaysAsItIs(int size)
    {
        await using var environment = await TestEnvironment.StartAsync(Engine);
        using var client = await RealtimeClient.ConnectedAsync(environment.Gateway, environment.Engine.Model);
        var message = new byte[size];
        new Random(size).NextBytes(message);

        await client.SendAsync(message, WebSocketMessageType.Binary);
        Assert.Equal(message, await client.ReceiveAsync());
        await client.SendAsync("next");
        Assert.Equal("next"u8.ToArray(), await client.ReceiveAsync());
    }

    [Fact]
    public async Task Session_EngineCloses_ClientSeesItsCodeAndReason()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine);
        environment.Engine.Script.Next(SocketReplies.Close((WebSocketCloseStatus)4001, "session expired"));
        using var client = await RealtimeClient.ConnectedAsync(environment.Gateway, environment.Engine.Model);

        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(4001, (int)client.Socket.CloseStatus!);
        Assert.Equal("session expired", client.Socket.CloseStatusDescription);
    }

    [Fact]
    public async Task Session_ClientCloses_EngineSeesItsCodeAndAnswers()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine);
        var end = new TaskCompletionSource<SocketEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        environment.Engine.Script.Next(SocketReplies.Listen(end));
        using var client = await RealtimeClient.ConnectedAsync(environment.Gateway, environment.Engine.Model);

        await client.Socket.CloseAsync((WebSocketCloseStatus)3005, "done", client.Deadline);

        Assert.Equal(new SocketEnd((WebSocketCloseStatus)3005, "done"), await end.Task.WaitAsync(Wait.Deadline));
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.Socket.CloseStatus);
    }

    [Fact]
    public async Task Session_ClientVanishes_EngineIsToldAndThePlaceIsFree()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine, ("GATEWAY_MAX_CONCURRENCY", "1"));
        var end = new TaskCompletionSource<SocketEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        environment.Engine.Script.Next(SocketReplies.Listen(end));
        var client = await RealtimeClient.ConnectedAsync(environment.Gateway, environment.Engine.Model);
        using var second = new RealtimeClient();
        Assert.Equal(503, await second.RefusedAsync(environment.Gateway, environment.Engine.Model));

        client.Dispose();

        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, (await end.Task.WaitAsync(Wait.Deadline)).Status);
        await Wait.UntilAsync(() => environment.Gateway.Log.All.Any(line => line.Contains("Canceled", StringComparison.Ordinal)), "the session to end");
        using var third = await RealtimeClient.ConnectedAsync(environment.Gateway, environment.Engine.Model);
        Assert.Equal(WebSocketState.Open, third.Socket.State);
    }

    [Fact]
    public async Task Session_EngineVanishes_ClientGetsAnErrorEventAnd1011()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine);
        environment.Engine.Script.Next(SocketReplies.Vanish);
        using var client = await RealtimeClient.ConnectedAsync(environment.Gateway, environment.Engine.Model);
        await client.SendAsync("hello");

        Assert.Equal(("stream_interrupted", 1011), await client.EndAsync());
    }

    [Fact]
    public async Task Session_NobodySpeaks_EndsAtTheIdleDeadlineButNotBefore()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine, ("GATEWAY_IDLE_TIMEOUT_SECONDS", "3"));
        var end = new TaskCompletionSource<SocketEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        environment.Engine.Script.Next(SocketReplies.Listen(end));
        using var client = await RealtimeClient.ConnectedAsync(environment.Gateway, environment.Engine.Model);

        // What only one side says keeps a session alive: longer in all than the deadline, which leaves a busy machine time between two words.
        var started = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(4.5))
        {
            await client.SendAsync("still here");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        }

        Assert.Equal(("upstream_timeout", 1001), await client.EndAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, (await end.Task.WaitAsync(Wait.Deadline)).Status);
    }

    [Fact]
    public async Task Session_DrainIsOver_BothSidesAreTold()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine);
        var end = new TaskCompletionSource<SocketEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        environment.Engine.Script.Next(SocketReplies.Listen(end, "hello"));
        using var client = await RealtimeClient.ConnectedAsync(environment.Gateway, environment.Engine.Model);
        Assert.Equal("hello"u8.ToArray(), await client.ReceiveAsync());

        environment.Gateway.Services.GetRequiredService<Lifecycle>().End();

        Assert.Equal(("engine_unavailable", 1012), await client.EndAsync());
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, (await end.Task.WaitAsync(Wait.Deadline)).Status);
        using var late = new RealtimeClient();
        Assert.Equal(503, await late.RefusedAsync(environment.Gateway, environment.Engine.Model));
    }

    [Fact]
    public async Task Session_AnswersWithUsage_AreSummedInTheLog()
    {
        await using var environment = await TestEnvironment.StartAsync(Engine);
        var end = new TaskCompletionSource<SocketEnd>(TaskCreationOptions.RunContinuationsAsynchronously);
        environment.Engine.Script.Next(SocketReplies.Listen(end, Usage, "{\"type\":\"x\"}", Usage.Replace("{\"usage\"", "{\"text\":\"" + new string('a', 40_000) + "\",\"usage\"", StringComparison.Ordinal)));
        using var client = await RealtimeClient.ConnectedAsync(environment.Gateway, environment.Engine.Model);
        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(await client.ReceiveAsync());
        }

        await client.Socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, client.Deadline);

        await Wait.UntilAsync(() => environment.Gateway.Log.All.Any(line => line.Contains("/v1/realtime 101 Ok", StringComparison.Ordinal) && line.Contains("in=6 out=8", StringComparison.Ordinal)), "the session's tokens");
    }
}
