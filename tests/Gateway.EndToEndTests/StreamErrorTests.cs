using System.Net;
using System.Text.Json;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>A stream that fails before anything was told the client is an HTTP error; one that fails later ends with one error event.</summary>
public sealed class StreamErrorTests(EnginePool engines) : IClassFixture<EnginePool>
{
    public static TheoryData<string, string> First => EngineRows.Cases(fixtures => fixtures.StreamErrors.Where(one => !one.Expect.InBand));

    public static TheoryData<string, string> Later => EngineRows.Cases(fixtures => fixtures.StreamErrors.Where(one => one.Expect.InBand));

    public static TheoryData<string> Engines => EngineRows.All;

    [Theory]
    [MemberData(nameof(First))]
    public async Task Stream_FailsWithItsFirstFrame_IsAnHttpError(string engine, string name)
    {
        var (error, spec, answer) = await SendAsync(engine, name, Task.CompletedTask);
        using var owned = answer;

        Assert.Equal(error.Expect.Status, (int)answer.StatusCode);
        Assert.NotEmpty(Answers.Source(answer));
        Answers.AssertExpected(await Answers.ErrorAsync(answer), error.Expect, spec.AnthropicErrors);
    }

    [Theory]
    [MemberData(nameof(Later))]
    public async Task Stream_FailsAfterItsFirstFrame_EndsWithAnErrorEventAndNoMarker(string engine, string name)
    {
        var committed = new TaskCompletionSource();
        var (error, _, answer) = await SendAsync(engine, name, committed.Task);
        using var owned = answer;
        committed.SetResult();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var (body, cut) = await Answers.ReadToEndAsync(answer);
        var events = Answers.Data(body);
        Assert.False(cut, "The connection broke behind the error.");
        Assert.True(events.Count > 1, "Nothing came before the error.");
        Assert.DoesNotContain("[DONE]", events);
        AssertInBand(error.Expect, events[^1]);
        Assert.All(events.SkipLast(1), data => Assert.False(IsError(data), data));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Stream_ConnectionIsReset_EndsWithAnErrorEvent(string engine) => await AssertInterruptedAsync(engine, Replies.CutAfterFrames(2, reset: true));

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Stream_ConnectionEndsWithoutTheEndOfTheBody_EndsWithAnErrorEvent(string engine) => await AssertInterruptedAsync(engine, Replies.CutAfterFrames(2, reset: false));

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Stream_BodyEndsBeforeTheFinishReason_EndsWithAnErrorEvent(string engine) => await AssertInterruptedAsync(engine, Replies.EndAfterFrames(2));

    private async Task AssertInterruptedAsync(string engine, Reply reply)
    {
        var environment = await engines.ForAsync(engine);
        var committed = new TaskCompletionSource();
        environment.Engine.Script.Next(Replies.Gated(committed.Task, reply));

        using var answer = await environment.Client.SendAsync(
            SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model, stream: true), HttpCompletionOption.ResponseHeadersRead);
        committed.SetResult();
        var (body, cut) = await Answers.ReadToEndAsync(answer);

        Assert.False(cut);
        // The second frame may be lost with the connection.
        var events = Answers.Data(body);
        Assert.InRange(events.Count, 2, 3);
        Assert.Equal("stream_interrupted", Answers.Text(JsonSerializer.Deserialize<JsonElement>(events[^1]).GetProperty("error"), "code"));
    }

    private async Task<(AnswerCase Error, EndpointSpec Spec, HttpResponseMessage Answer)> SendAsync(string engine, string name, Task committed)
    {
        var environment = await engines.ForAsync(engine);
        var error = environment.Engine.Dialect.Fixtures.StreamError(name);
        var spec = EndpointCatalog.All.Single(one => one.Route == error.Endpoint);
        environment.Engine.Script.Next(Replies.Gated(committed, Replies.StreamError(name)));
        var request = SampleRequest.To(spec, environment.Engine.Model, stream: true);
        return (error, spec, await environment.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
    }

    private static void AssertInBand(ErrorExpectation expect, string data)
    {
        var error = JsonSerializer.Deserialize<JsonElement>(data).GetProperty("error");
        Assert.Contains(expect.Message ?? "", Answers.Text(error, "message")!, StringComparison.Ordinal);
        Assert.Equal(expect.Type ?? Answers.Text(error, "type"), Answers.Text(error, "type"));
        Assert.Equal(expect.Code ?? Answers.Text(error, "code"), Answers.Text(error, "code"));
    }

    private static bool IsError(string data) =>
        JsonSerializer.Deserialize<JsonElement>(data).TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object;
}
