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
