using System.Net.WebSockets;
using Gateway.EndToEndTests.Reload;
using Gateway.Fakes;
using Gateway.Proxy.Limits;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.EndToEndTests.Realtime;

/// <summary>Each message of a session keeps to what a request of the same key would: its tokens, its models, the size, and what an engine may fetch.</summary>
public sealed class RealtimeRuleTests
{
    private const string TeamKey = "team-key-40c1";
    private const string Used = """{"type":"response.done","response":{"usage":{"input_tokens":600,"output_tokens":600,"total_tokens":1200}}}""";

    // The engine says back what it is told, and so tells of its tokens.
    [Theory]
    [InlineData("tokens_per_minute: 1000", "rate_limit_exceeded")]
    [InlineData("monthly_tokens: 1000", "insufficient_quota")]
    public async Task Session_KeyHasUsedUpItsTokens_EndsBeforeTheNextMessage(string limit, string code)
    {
        await using var rig = await StartAsync(limit);
        using var client = await ConnectAsync(rig);
        await client.SendAsync(Used);
        Assert.NotNull(await client.ReceiveAsync());

        await client.SendAsync("""{"type":"response.create"}""");

        Assert.Equal((code, (int)WebSocketCloseStatus.PolicyViolation), await client.EndAsync());
        var limiter = rig.Gateway.Services.GetRequiredService<KeyLimiter>();
        await Wait.UntilAsync(() => limiter.Uses["team"] is { Running: 0, Held: 0 }, "the session to end");
        Assert.Equal(1200, limiter.Uses["team"].Tokens.Sum);
    }

    [Fact]
    public async Task Session_OfAKey_IsChargedWhileItGoesOn()
    {
        await using var rig = await StartAsync("tokens_per_minute: 1000000, monthly_tokens: 1000000");
        using var client = await ConnectAsync(rig);
        var limiter = rig.Gateway.Services.GetRequiredService<KeyLimiter>();
        for (var answers = 1; answers <= 2; answers++)
        {
            await client.SendAsync(Used);
            Assert.NotNull(await client.ReceiveAsync());
            Assert.Equal(1200 * answers, limiter.UsedThisMonth("team"));
        }
    }

    [Theory]
    [InlineData("""{"type":"session.update","session":{"model":"another"}}""")]
    [InlineData("""{"type":"session.update","model":"another"}""")]
    [InlineData("""{"type":"response.create","response":{"model":"another"}}""")]
    [InlineData("""{"type":"session.update","session":{"audio":{"input":{"transcription":{"model":"another"}}}}}""")]
    [InlineData("""{"type":"session.update","session":{"input_audio_transcription":{"Model":"\u0061nother"}}}""")]
    public async Task Message_NamesAModelThatTheKeyMayNotUse_IsNotPassedOn(string message)
    {
        await using var rig = await StartAsync("models: [\"MODEL\"]");
        using var client = await ConnectAsync(rig);
        await client.SendAsync($$"""{"type":"session.update","session":{"model":"{{rig.Model}}","metadata":{"model":"another"} } }""");
        Assert.NotNull(await client.ReceiveAsync());

        await client.SendAsync(message);

        Assert.Equal(("model_not_found", (int)WebSocketCloseStatus.PolicyViolation), await client.EndAsync());
    }

    [Fact]
    public async Task Message_InPieces_IsJudgedWholeAndPassedWhole()
    {
        await using var rig = await StartAsync("models: [\"MODEL\"]");
        using var client = await ConnectAsync(rig);
        var sound = System.Text.Encoding.UTF8.GetBytes($$"""{"type":"input_audio_buffer.append","audio":"{{new string('A', 100_000)}}"}""");
        await client.Socket.SendAsync(sound.AsMemory(0, 10), WebSocketMessageType.Text, endOfMessage: false, client.Deadline);
        await client.Socket.SendAsync(sound.AsMemory(10), WebSocketMessageType.Text, endOfMessage: true, client.Deadline);
        Assert.Equal(sound, await client.ReceiveAsync());

        await client.Socket.SendAsync("{\"session\":{\"mod"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: false, client.Deadline);
        await client.Socket.SendAsync("el\":\"another\"}}"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, client.Deadline);

        Assert.Equal("model_not_found", (await client.EndAsync()).Error);
    }

    [Theory]
    [InlineData("GATEWAY_MEDIA_URLS", "deny", """{"type":"response.create","response":{"input":[{"content":[{"type":"input_image","image_url":"http://x"}]}]}}""")]
    [InlineData("GATEWAY_SERVER_TOOLS", "strip", """{"type":"session.update","session":{"tools":[{"type":"mcp","server_url":"http://x"}]}}""")]
    public async Task Message_AgainstASetting_EndsTheSession(string name, string value, string message)
    {
        await using var environment = await TestEnvironment.StartAsync("openai", (name, value));
        using var client = await RealtimeClient.ConnectedAsync(environment.Gateway, environment.Engine.Model);
        await client.SendAsync("""{"type":"session.update","session":{"tools":[{"type":"function","name":"f"}]}}""");
        Assert.NotNull(await client.ReceiveAsync());

        await client.SendAsync(message);

        Assert.Equal((null, (int)WebSocketCloseStatus.PolicyViolation), await client.EndAsync());
    }

    [Fact]
    public async Task Message_OverTheLimitOfBodies_EndsTheSession()
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_MAX_BODY_MB", "1"));
        environment.Engine.Script.Next(SocketReplies.Listen(new TaskCompletionSource<SocketEnd>()));
        using var client = await RealtimeClient.ConnectedAsync(environment.Gateway, environment.Engine.Model);

        await client.SendAsync(new byte[(1024 * 1024) + 1], WebSocketMessageType.Binary);

        Assert.Equal(("request_too_large", (int)WebSocketCloseStatus.MessageTooBig), await client.EndAsync());
    }

    private static Task<FileRig> StartAsync(string limits) => FileRig.StartAsync(1, engines =>
        $"backends:\n{FileRig.Backend("a", engines[0])}keys:\n  - {{name: team, key: {TeamKey}, {limits.Replace("MODEL", engines[0].Model, StringComparison.Ordinal)}}}\n");

    private static async Task<RealtimeClient> ConnectAsync(FileRig rig)
    {
        var client = new RealtimeClient(TeamKey);
        await client.ConnectAsync(rig.Gateway, rig.Model);
        return client;
    }
}
