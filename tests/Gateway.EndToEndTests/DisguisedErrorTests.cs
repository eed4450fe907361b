using System.Net;
using System.Text;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>An engine's habit of passing errors off as text is minded where it has it, in streams, and nowhere else.</summary>
public sealed class DisguisedErrorTests(EnginePool engines) : IClassFixture<EnginePool>
{
    public static TheoryData<string> Engines => [.. EngineCatalog.All.Where(profile => profile.Responses.ErrorText is not null).Select(profile => profile.Id)];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task WholeAnswer_TextBeginsAsTheErrorWould_IsTheModelsOwn(string engine)
    {
        var environment = await engines.ForAsync(engine);
        var body = Encoding.UTF8.GetBytes($$"""{"id":"1","object":"text_completion","choices":[{"index":0,"finish_reason":"stop","text":"{{environment.Engine.Profile.Responses.ErrorText}}is what the log says."}]}""");
        environment.Engine.Script.Next(Replies.Body(body));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.Completions, environment.Engine.Model));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(body, await answer.Content.ReadAsByteArrayAsync());
    }
}
