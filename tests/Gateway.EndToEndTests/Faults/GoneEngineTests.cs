using System.Net;
using System.Text;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Faults;

/// <summary>
/// An engine that is told to end listens no longer, and may leave what it has begun in silence for ever. With the deadlines of
/// the defaults, which are minutes, its callers are helped or told as soon as that is certain.
/// </summary>
public sealed class GoneEngineTests
{
    private const string Begun = "HTTP/1.1 200 OK\nContent-Type: text/event-stream\nTransfer-Encoding: chunked\n\n";

    private static readonly byte[] Frame = Encoding.UTF8.GetBytes(
        "data: {\"id\":\"x\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Paris\"},\"finish_reason\":null}]}\n\n");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_NothingHasComeAndThereIsNoOther_IsTold(bool stream)
    {
        await using var main = RawEngine.Start("vllm");
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("vllm", main.BaseUrl, ("GATEWAY_RETRIES", "2")));
        await gateway.WaitForModelsAsync();
        main.Answer = static _ => new RawAnswer([], RawEnd.Hang);
        var asked = AskAsync(gateway, main, stream);
        await Wait.UntilAsync(() => main.Requests.Work.Count == 1, "the engine to be asked");
        main.StopListening();

        using var answer = await asked;
        await Answers.AssertGatewayErrorAsync(answer, (int)answer.StatusCode, answer.StatusCode == HttpStatusCode.ServiceUnavailable ? "engine_unavailable" : "upstream_error");
        Assert.InRange((int)answer.StatusCode, 502, 503);
    }

    [Fact]
    public async Task Stream_FallsSilentInTheMiddle_EndsWithAnErrorEvent()
    {
        await using var main = RawEngine.Start("vllm");
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("vllm", main.BaseUrl, ("GATEWAY_RETRIES", "2")));
        await gateway.WaitForModelsAsync();
        main.Answer = static _ => new RawAnswer(
            [.. Encoding.ASCII.GetBytes(Begun.ReplaceLineEndings("\r\n")), .. Encoding.ASCII.GetBytes($"{Frame.Length:x}\r\n"), .. Frame, .. "\r\n"u8], RawEnd.Hang);
        using var answer = await AskAsync(gateway, main, stream: true);
        main.StopListening();

        var (body, _) = await Answers.ReadToEndAsync(answer);
        var text = Encoding.UTF8.GetString(body);
        Assert.Contains("Paris", text, StringComparison.Ordinal);
        Assert.Contains("stream_interrupted", text, StringComparison.Ordinal);
        Assert.Contains("refuses connections", text, StringComparison.Ordinal);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
    }

    internal static async Task<RunningGateway> StartAsync(TemporaryFolder folder, RawEngine main, FakeEngine spare)
    {
        var file = folder.Write("gateway.yaml", $$"""
            backends:
              - {name: main, kind: vllm, url: "{{main.BaseUrl}}"}
              - {name: spare, kind: vllm, url: "{{spare.BaseUrl}}"}
            fallbacks: {"{{main.Model}}": [spare/{{FaultRig.SpareModel}}]}
            """);
        var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["GATEWAY_CONFIG"] = file, ["GATEWAY_RETRIES"] = "2" });
        await Wait.UntilAsync(async () => (await gateway.ModelsAsync()).Contains(FaultRig.SpareModel) && (await gateway.ModelsAsync()).Contains(main.Model), "both models to be listed");
        return gateway;
    }

    internal static Task<HttpResponseMessage> AskAsync(RunningGateway gateway, RawEngine main, bool stream) => gateway.Client.SendAsync(
        SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(main.Model, stream)), HttpCompletionOption.ResponseHeadersRead);
}
