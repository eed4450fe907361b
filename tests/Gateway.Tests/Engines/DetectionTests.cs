using Gateway.Engines;
using Xunit;

namespace Gateway.Tests.Engines;

/// <summary>An engine found on this host is recognised by its own profile and by no other.</summary>
public sealed class DetectionTests
{
    private const string GreetingOfLmStudio = """{ "lmstudio": true }""";
    private const string DiscoveryOfLocalAi = """{"endpoints":{"models":"/v1/models","models_capabilities":"/v1/models/capabilities"},"version":"v4.9.0"}""";

    [Theory]
    [InlineData("llamacpp", 200, "llama.cpp", """{"status":"ok"}""")]
    [InlineData("llamacpp", 503, "llama.cpp", """{"error":{"message":"Loading model","type":"unavailable_error","code":503}}""")]
    [InlineData("ollama", 200, "", "Ollama is running")]
    [InlineData("lmstudio", 200, "", GreetingOfLmStudio)]
    [InlineData("localai", 200, "", DiscoveryOfLocalAi)]
    [InlineData("llamaswap", 200, "", """{"running":[]}""")]
    public void Recognise_AnswerOfAnEngine_FitsItAlone(string engine, int status, string server, string body)
    {
        var answer = new DetectionAnswer(status, server, body);

        Assert.Equal([engine], EngineCatalog.All.Where(profile => profile.Detection?.Recognise(answer) == true).Select(profile => profile.Id));
    }

    [Theory]
    [InlineData(200, "", """{"status":"ok"}""")]
    [InlineData(200, "", "")]
    [InlineData(200, "nginx", "<!doctype html><title>Ollama is running out of patience</title>")]
    [InlineData(404, "", "404 page not found")]
    [InlineData(200, "uvicorn", "\"SGLang is running\"")]
    [InlineData(200, "", """{"error":"Unexpected endpoint or method. (GET /health)"}""")]
    [InlineData(500, "", GreetingOfLmStudio)]
    [InlineData(500, "", DiscoveryOfLocalAi)]
    public void Recognise_AnswerOfAnotherProgram_FitsNone(int status, string server, string body)
    {
        var answer = new DetectionAnswer(status, server, body);

        string[] own = ["llamacpp", "ollama", "lmstudio", "localai"];
        Assert.DoesNotContain(own, id => EngineCatalog.Find(id)!.Detection!.Recognise(answer));
    }
}
