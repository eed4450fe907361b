using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>Usage is always counted, and a caller who did not ask for it sees nothing of that.</summary>
public sealed partial class UsageTests(EnginePool engines) : IClassFixture<EnginePool>
{
    private const string Asks = ",\"stream_options\":{\"include_usage\":true}";

    public static TheoryData<string> Engines => EngineRows.All;

    public static TheoryData<string> OnRequest => EngineRows.Where(profile => profile.Responses.ChatUsage == StreamUsage.OnRequest);

    [Theory]
    [MemberData(nameof(OnRequest))]
    public async Task Stream_CallerDoesNotAsk_EngineIsAskedAndTheCallerSeesNothingOfIt(string engine)
    {
        var environment = await engines.ForAsync(engine);

        var body = await StreamAsync(environment, "");

        Assert.True(AskedForUsage(Assert.Single(environment.Engine.Requests.Work)));
        Assert.Equal(WithoutUsage(Expected(environment)), Encoding.UTF8.GetString(body));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Stream_CallerAsks_GetsEveryByte(string engine)
    {
        var environment = await engines.ForAsync(engine);

        var body = await StreamAsync(environment, Asks);

        Assert.Equal(Expected(environment), body);
    }

    [Theory]
    [MemberData(nameof(OnRequest))]
    public async Task Stream_CallerHasOtherStreamOptions_KeepsThem(string engine)
    {
        var environment = await engines.ForAsync(engine);

        var body = await StreamAsync(environment, ",\"stream_options\":{\"include_obfuscation\":false,\"include_usage\":false}");

        var received = Assert.Single(environment.Engine.Requests.Work);
        Assert.True(AskedForUsage(received));
        Assert.False(received.Json().GetProperty("stream_options").GetProperty("include_obfuscation").GetBoolean());
        Assert.Equal(WithoutUsage(Expected(environment)), Encoding.UTF8.GetString(body));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Answer_NotStreamed_IsNotAskedForUsageAndPassesWithIt(string engine)
    {
        var environment = await engines.ForAsync(engine);

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model));

        Assert.False(AskedForUsage(Assert.Single(environment.Engine.Requests.Work)));
        var body = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsByteArrayAsync());
        Assert.True(body.TryGetProperty("usage", out _));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Log_StreamedOrNot_CountsTheTokensOfTheEngine(string engine)
    {
        var environment = await engines.ForAsync(engine);
        var fixtures = environment.Engine.Dialect.Fixtures;
        foreach (var (stream, usage) in ((bool, JsonElement?)[])[(true, StreamUsageOf(fixtures)), (false, UsageOf(fixtures.Get("chat.json")))])
        {
            var id = $"usage-{engine}-{stream}";
            var request = SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model, stream);
            using (await environment.Client.SendAsync(SampleRequest.WithId(request, id)))
            {
            }

            var line = await environment.Gateway.Log.WaitForAsync($"id={id}");
            Assert.Contains(usage is { } tokens ? $"in={tokens.GetProperty("prompt_tokens")} out={tokens.GetProperty("completion_tokens")} " : "in=(null)", line, StringComparison.Ordinal);
        }
    }

    private static async Task<byte[]> StreamAsync(TestEnvironment environment, string more)
    {
        var request = SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(environment.Engine.Model, stream: true, more));
        using var answer = await environment.Client.SendAsync(SampleRequest.WithId(request, SampleRequest.FixtureId), HttpCompletionOption.ResponseHeadersRead);
        var (body, cut) = await Answers.ReadToEndAsync(answer);
        Assert.False(cut);
        return body;
    }

    // What stands in the hidden chunk alone, such as the fingerprint, moves to the chunk that ends the answer.
    private static string WithoutUsage(byte[] stream)
    {
        var rest = Encoding.UTF8.GetString(Frames.WithoutUsage(stream));
        var hidden = Frames.Split(stream).Select(static frame => Encoding.UTF8.GetString(frame)).FirstOrDefault(static frame => Frames.IsUsageChunk(Encoding.UTF8.GetBytes(frame))) ?? "";
        var print = Fingerprint().Match(hidden);
        if (!print.Success || Fingerprint().IsMatch(rest))
        {
            return rest;
        }

        var end = rest.LastIndexOf("}\n\ndata: [DONE]", StringComparison.Ordinal);
        return rest.Insert(end, "," + print.Value);
    }

    [GeneratedRegex("\"system_fingerprint\": ?\"[^\"]+\"")]
    private static partial Regex Fingerprint();

    private static byte[] Expected(TestEnvironment environment)
    {
        var fixtures = environment.Engine.Dialect.Fixtures;
        return fixtures.Find("chat.expect.sse") ?? fixtures.Get("chat.sse");
    }

    private static bool AskedForUsage(ReceivedRequest request) =>
        Exchange.Flag(Exchange.Member(request.Json(), "stream_options"), "include_usage");

    private static JsonElement? StreamUsageOf(Fixtures fixtures) =>
        Frames.Split(fixtures.Get("chat.sse")).Select(frame => Answers.Data(frame)).Where(data => data is [not "[DONE]"]).Select(data => UsageOf(data[0])).LastOrDefault(usage => usage is not null);

    private static JsonElement? UsageOf(byte[] body) => UsageOf(System.Text.Encoding.UTF8.GetString(body));

    private static JsonElement? UsageOf(string json) =>
        JsonSerializer.Deserialize<JsonElement>(json).TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object ? usage : null;
}
