using System.Text;
using System.Text.RegularExpressions;
using Gateway.Demo;
using Gateway.Fakes;
using Xunit;

namespace Gateway.Tests.Demo;

/// <summary>The demo's fixtures are what it says, so that whatever is tested with them holds for the demo itself.</summary>
public sealed partial class DemoFixtureTests(DemoHost demo) : IClassFixture<DemoHost>
{
    private const string Chat = "/v1/chat/completions";
    private const string Hello = """ "messages":[{"role":"user","content":"Hello!"}] """;
    private const string Tool = """ "messages":[{"role":"user","content":"Call get_weather."}],"tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}}] """;
    private const string Streamed = ",\"stream\":true,\"stream_options\":{\"include_usage\":true}";
    private static readonly Fixtures Files = new("demo");

    public static TheoryData<string, string, string> Answers => new()
    {
        { "chat.json", Chat, Hello },
        { "chat.sse", Chat, Hello + Streamed },
        { "chat-tools.json", Chat, Tool },
        { "chat-tools.sse", Chat, Tool + Streamed },
        { "embeddings.json", "/v1/embeddings", "\"input\":\"Hello!\",\"dimensions\":4" },
    };

    public static TheoryData<string, string> Errors => new()
    {
        { "unknown_model", "{\"model\":\"nope\"," + Hello + "}" },
        { "context_length", "{\"messages\":[{\"role\":\"user\",\"content\":\"" + string.Concat(Enumerable.Repeat("word ", 8999)) + "word\"}]}" },
        { "no_messages", "{\"model\":\"demo\"}" },
        { "bad_json", "{\"model\":" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Fixture_OfAnAnswer_IsWhatTheDemoSays(string file, string path, string members)
    {
        using var answer = await demo.PostAsync(path, "{\"model\":\"demo\"," + members + "}");

        Assert.Equal(Encoding.UTF8.GetString(Files.Get(file)), Fixed(await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task Fixture_OfAnError_IsWhatTheDemoSays(string name, string body)
    {
        using var answer = await demo.PostAsync(Chat, body);

        var expected = Files.Error(name);
        Assert.Equal(
            (expected.Status, expected.ContentType, Encoding.UTF8.GetString(expected.Bytes)),
            ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Fixture_OfWhatIsAskedByPath_IsWhatTheDemoSays()
    {
        Assert.Equal(Encoding.UTF8.GetString(Files.Get("models.json")), await demo.Client.GetStringAsync("/v1/models"));
        Assert.Equal(Encoding.UTF8.GetString(Files.Health[0].Bytes), await demo.Client.GetStringAsync("/health"));
        using var unknown = await demo.Client.GetAsync("/v1/nope");
        Assert.Equal(
            (Files.UnknownPath.Status, Encoding.UTF8.GetString(Files.UnknownPath.Bytes)),
            ((int)unknown.StatusCode, await unknown.Content.ReadAsStringAsync()));
    }

    /// <summary>The answer with the ids and times of the fixtures.</summary>
    private static string Fixed(string answer) =>
        Time().Replace(Id().Replace(answer, match => match.Groups[1].Value + new string('0', 32)), match => $"{match.Groups[1].Value}{DemoModel.Created}");

    [GeneratedRegex("(chatcmpl-|call_)[0-9a-f]{32}")]
    private static partial Regex Id();

    [GeneratedRegex("(\"created\":)[0-9]+")]
    private static partial Regex Time();
}
