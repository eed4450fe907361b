using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>The Messages and Responses APIs where the engine has only chat completions: what it is asked, what the caller gets, and how failures read.</summary>
public sealed class TranslationTests
{
    private const string Chat = "/v1/chat/completions";
    private static readonly (string, string) Always = ("GATEWAY_TRANSLATE", "always");

    [Theory]
    [InlineData("tgi", EndpointId.Messages, "\"type\":\"message\"")]
    [InlineData("tgi", EndpointId.Responses, "\"object\":\"response\"")]
    [InlineData("openai", EndpointId.Messages, "\"type\":\"message\"")]
    public async Task Plain_EngineLacksTheApi_IsServedOverChat(string engine, object endpoint, string expected)
    {
        await using var environment = await TestEnvironment.StartAsync(engine);

        using var answer = await environment.Client.SendAsync(SampleRequest.To((EndpointId)endpoint, environment.Engine.Model));
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Contains(expected, text, StringComparison.Ordinal);
        var sent = Assert.Single(environment.Engine.Requests.Work);
        Assert.Equal(Chat, sent.Path);
        Assert.Equal(SampleRequest.Prompt, sent.Json().GetProperty("messages")[0].GetProperty("content").GetString());
        var usage = JsonSerializer.Deserialize<JsonElement>(text).GetProperty("usage");
        var line = await environment.Gateway.Log.WaitForAsync($" {EndpointCatalog.Find((EndpointId)endpoint).Route} 200 Ok");
        Assert.Contains($"in={usage.GetProperty("input_tokens").GetInt32()} out={usage.GetProperty("output_tokens").GetInt32()} ", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tgi", EndpointId.Messages, "event: message_start", "event: message_stop")]
    [InlineData("tgi", EndpointId.Responses, "event: response.created", "event: response.completed")]
    [InlineData("openai", EndpointId.Messages, "event: message_start", "event: message_stop")]
    public async Task Stream_EngineLacksTheApi_HasItsEventsAndOneEnd(string engine, object endpoint, string first, string last)
    {
        await using var environment = await TestEnvironment.StartAsync(engine);

        using var answer = await environment.Client.SendAsync(SampleRequest.To((EndpointId)endpoint, environment.Engine.Model, stream: true));
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith(first, text, StringComparison.Ordinal);
        Assert.Single(text.Split('\n'), line => line == last);
        Assert.DoesNotContain("[DONE]", text, StringComparison.Ordinal);
        Assert.DoesNotContain("chat.completion.chunk", text, StringComparison.Ordinal);
        Assert.True(Assert.Single(environment.Engine.Requests.Work).Json().GetProperty("stream").GetBoolean());
        Assert.DoesNotContain("out= ", await environment.Gateway.Log.WaitForAsync($" {EndpointCatalog.Find((EndpointId)endpoint).Route} 200 Ok"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EndpointId.Messages, "event: error", "event: message_stop")]
    [InlineData(EndpointId.Responses, "event: response.failed", "event: response.completed")]
    public async Task Stream_BreaksHalfWay_EndsInTheApisOwnWay(object endpoint, string expected, string success)
    {
        await using var environment = await TestEnvironment.StartAsync("tgi");
        environment.Engine.Script.Next(Replies.EndAfterFrames(2));

        using var answer = await environment.Client.SendAsync(SampleRequest.To((EndpointId)endpoint, environment.Engine.Model, stream: true));
        var text = await answer.Content.ReadAsStringAsync();

        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.DoesNotContain(success, text, StringComparison.Ordinal);
        Assert.Contains("Interrupted", await environment.Gateway.Log.WaitForAsync("Interrupted"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EndpointId.Messages)]
    [InlineData(EndpointId.Responses)]
    public async Task Stream_BreaksBeforeItsFirstEvent_IsTriedAgainUnseen(object endpoint)
    {
        await using var environment = await TestEnvironment.StartAsync("tgi", ("GATEWAY_RETRIES", "1"));
        environment.Engine.Script.Next(Replies.EndAfterFrames(0));

        using var answer = await environment.Client.SendAsync(SampleRequest.To((EndpointId)endpoint, environment.Engine.Model, stream: true));

        Assert.DoesNotContain("error", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(2, environment.Engine.Requests.Work.Count);
        Assert.Equal("2", answer.Headers.GetValues("x-gateway-attempts").Single());
    }

    [Theory]
    [InlineData(EndpointId.Messages, "\"type\":\"error\"")]
    [InlineData(EndpointId.Responses, "\"code\":")]
    public async Task Error_OfTheEngine_HasTheEnvelopeOfTheApi(object endpoint, string expected)
    {
        await using var environment = await TestEnvironment.StartAsync("tgi");
        environment.Engine.Script.Always(Replies.Status(422, """{"error":"Input validation error: the prompt is odd","error_type":"validation"}"""));

        using var answer = await environment.Client.SendAsync(SampleRequest.To((EndpointId)endpoint, environment.Engine.Model));
        var text = await answer.Content.ReadAsStringAsync();

        Assert.InRange((int)answer.StatusCode, 400, 422);
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Contains("the prompt is odd", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answer_IsNoCompletion_Is502InTheEnvelope()
    {
        await using var environment = await TestEnvironment.StartAsync("openai", Always);
        environment.Engine.Script.Always(Replies.Body("""{"object":"chat.completion","choices":[]}"""u8.ToArray()));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.Messages, environment.Engine.Model));

        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.StartsWith("""{"type":"error",""", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_EngineDoesNotCount_AreAnEstimateThatSaysSo()
    {
        await using var environment = await TestEnvironment.StartAsync("tgi");

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.MessageCountTokens, environment.Engine.Model));

        Assert.Equal("estimate", answer.Headers.GetValues("x-gateway-token-count").Single());
        Assert.InRange(JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("input_tokens").GetInt32(), 5, 50);
        Assert.Empty(environment.Engine.Requests.Work);
    }

    [Fact]
    public async Task Tool_ThatAServerRuns_IsLeftOutAndNamed()
    {
        await using var environment = await TestEnvironment.StartAsync("tgi");
        using var content = new StringContent(
            $$"""{"model":"{{environment.Engine.Model}}","max_tokens":9,"messages":[{"role":"user","content":"x"}],"tools":[{"type":"web_search_20250305","name":"web_search"}]}""", Encoding.UTF8, "application/json");

        using var answer = await environment.Client.PostAsync(new Uri("/v1/messages?beta=true", UriKind.Relative), content);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("web_search_20250305", answer.Headers.GetValues("x-gateway-removed").Single(), StringComparison.Ordinal);
        var sent = Assert.Single(environment.Engine.Requests.Work);
        Assert.DoesNotContain("beta", sent.Target, StringComparison.Ordinal);
        Assert.False(sent.Json().TryGetProperty("tools", out _));
    }

    [Theory]
    [InlineData("vllm", "auto", "/v1/messages")]
    [InlineData("vllm", "always", Chat)]
    [InlineData("tgi", "never", null)]
    public async Task Setting_Decides(string engine, string setting, string? path)
    {
        await using var environment = await TestEnvironment.StartAsync(engine, ("GATEWAY_TRANSLATE", setting));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.Messages, environment.Engine.Model));

        Assert.Equal(path is null ? HttpStatusCode.NotImplemented : HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(path, environment.Engine.Requests.Work.SingleOrDefault()?.Path);
    }

    [Fact]
    public async Task Plain_AskedAsStream_IsPutTogetherAndTranslated()
    {
        await using var environment = await TestEnvironment.StartAsync("llamacpp", Always, ("GATEWAY_STREAM_PLAIN", "on"));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.Messages, environment.Engine.Model));

        Assert.Contains("\"type\":\"message\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.True(Assert.Single(environment.Engine.Requests.Work).Json().GetProperty("stream").GetBoolean());
    }
}
