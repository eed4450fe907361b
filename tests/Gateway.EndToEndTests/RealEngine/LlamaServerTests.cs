using System.Net.Sockets;
using System.Text;
using Xunit;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>The rig itself: what other tests rely on when they start, watch and stop the real engine.</summary>
public sealed class LlamaServerTests
{
    // Token 260 ends the turn.
    private const string EndlessChat =
        """{"stream":true,"logit_bias":{"260":-100},"messages":[{"role":"user","content":"hello"}]}""";

    [RealEngineFact]
    public async Task Slots_StreamRunsAndIsCancelled_AreBusyAndThenFree()
    {
        using var server = await LlamaServer.StartAsync(
            "-m", RealEngineFiles.SlowModel, "-c", "16384", "-np", "1", "--api-key", "sk-test");

        // Without a limit the client would go on reading for a while instead of hanging up.
        using var handler = new SocketsHttpHandler { MaxResponseDrainSize = 0 };
        using var client = new HttpClient(handler) { BaseAddress = server.BaseUrl };
        client.DefaultRequestHeaders.Authorization = new("Bearer", "sk-test");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions")
        {
            Content = new StringContent(EndlessChat, Encoding.UTF8, "application/json"),
        };

        using (var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            Assert.True(answer.IsSuccessStatusCode);
            await server.WaitForSlotsAsync(busy: 1);
        }

        await server.WaitForSlotsAsync(busy: 0);
    }

    [RealEngineFact]
    public async Task Start_FlagIsUnknown_FailsWithTheServersOwnWords()
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => LlamaServer.StartAsync("--no-such-flag"));

        Assert.Contains("--no-such-flag", failure.Message, StringComparison.Ordinal);
    }

    [RealEngineFact]
    public async Task Dispose_ServerRuns_NothingListensAnyMore()
    {
        var server = await LlamaServer.StartAsync();
        server.Dispose();

        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(server.BaseUrl.Host, server.BaseUrl.Port));
    }
}
