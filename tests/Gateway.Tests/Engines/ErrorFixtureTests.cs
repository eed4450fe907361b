using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.Tests.Engines;

/// <summary>Each profile's rules give its own engine's errors the meaning that OpenAI's clients know.</summary>
public sealed class ErrorFixtureTests
{
    public static TheoryData<string, string> Cases =>
        FixtureFolders.Rows(files => files.Errors.Where(one => !one.Endpoint.StartsWith("/v1/messages", StringComparison.Ordinal)).Select(one => one.Case));

    [Theory]
    [MemberData(nameof(Cases))]
    public void Translate_ErrorOfTheEngine_IsWhatOpenAiWouldSay(string engine, string name)
    {
        var sent = new Fixtures(engine).Error(name);

        var endpoint = EndpointCatalog.All.Single(spec => spec.Route == sent.Endpoint);
        var error = EngineErrorTranslator.Translate(EngineCatalog.Find(engine)!, sent.Status, sent.Bytes, endpoint);

        Assert.Equal(
            (sent.Expect.Status, sent.Expect.Type, sent.Expect.Code, sent.Expect.Param),
            (error.Status, error.Type, error.Code, error.Param));
        Assert.Contains(sent.Expect.Message!, error.Message, StringComparison.Ordinal);
    }
}
