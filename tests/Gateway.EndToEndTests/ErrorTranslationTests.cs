using System.Net;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>Every error that an engine is known to send reaches the client as OpenAI would have worded it.</summary>
public sealed class ErrorTranslationTests(EnginePool engines) : IClassFixture<EnginePool>
{
    public static TheoryData<string, string> Cases => EngineRows.Cases(fixtures => fixtures.Errors);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Answer_EngineSendsAnError_IsOpenAis(string engine, string name) => AssertTranslatedAsync(engine, name, stream: false);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task Stream_EngineSendsAnErrorInstead_IsTheSame(string engine, string name) => AssertTranslatedAsync(engine, name, stream: true);

    // vLLM 0.32.0 was sent max_completion_tokens here, and speaks of max_tokens.
    [Theory]
    [InlineData("\"max_completion_tokens\":0", "max_completion_tokens")]
    [InlineData("\"max_tokens\":null,\"max_completion_tokens\":0", "max_completion_tokens")]
    [InlineData("\"max_tokens\":0", "max_tokens")]
    [InlineData("\"max_tokens\":0,\"max_completion_tokens\":8", "max_tokens")]
    [InlineData("\"max_tokens\":0,\"max_completion_tokens\":null", "max_tokens")]
    public async Task Answer_EngineNamesTheLimitOtherwise_HasTheCallersName(string limits, string param)
    {
        var environment = await engines.ForAsync("vllm");
        foreach (var stream in (bool[])[false, true])
        {
            environment.Engine.Script.Always(Replies.Error("captured_chat_max_completion_tokens_zero"));

            using var answer = await environment.Client.SendAsync(
                SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model, stream, "," + limits)));

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.Equal(param, Answers.Text(await Answers.ErrorAsync(answer), "param"));
        }
    }

    private async Task AssertTranslatedAsync(string engine, string name, bool stream)
    {
        var environment = await engines.ForAsync(engine);
        var error = environment.Engine.Dialect.Fixtures.Error(name);
        var endpoint = EndpointCatalog.All.Single(spec => spec.Route == error.Endpoint);
        environment.Engine.Script.Always(Replies.Error(name));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(endpoint, environment.Engine.Model, stream));

        Assert.Equal(error.Expect.Status, (int)answer.StatusCode);
        Assert.Equal("engine", Answers.Source(answer));
        Answers.AssertExpected(await Answers.ErrorAsync(answer), error.Expect, endpoint.AnthropicErrors);
    }
}
