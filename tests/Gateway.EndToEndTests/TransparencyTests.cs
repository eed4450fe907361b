using System.Net;
using System.Security.Cryptography;
using System.Text;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>What the gateway does not understand it does not touch: every byte of bodies, queries and unknown headers, both ways.</summary>
public sealed class TransparencyTests(EnginePool engines) : IClassFixture<EnginePool>
{
    private const int Megabyte = 1024 * 1024;

    // Escapes, surrogates, combining marks, a lone escaped surrogate, numbers of any length, odd spaces, repeated unknown members.
    private const string Oddities = """
        "x_unknown" : { "a":[ 1, 2.50, -0, 1e400, 123456789012345678901234567890 ],	"b" : null , "c":"\u0041\/\ud83d\ude00\ud800" },
          "x_twice":1,"x_twice": 2, "x_kelvin":"K ﬀ e\u0301 é 👩‍👩‍👧 \u2028 ‮", "": {"":""}
        """;

    private const string Parts = """
        [{"type":"text","text":"What is this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo=","detail":"low"}},
         {"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}},{"type":"file","file":{"file_data":"data:application/pdf;base64,JVBERi0=","filename":"a b.pdf"}},
         {"type":"x_future","x":[[[[]]]]}]
        """;

    public static TheoryData<string> Engines => EngineRows.All;

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Request_UnknownMembersAndParts_ReachTheEngineByteForByte(string engine)
    {
        var environment = await engines.ForAsync(engine);
        var name = NameAt(environment);
        var body = $$"""
             { {{Oddities}} , "model" :"{{name}}","messages":[ {"role":"user","content":{{Parts}}, "x_more":{"y":1} } ] }

            """;

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions?x=a%20b%2Fc&x=2&%C3%A9", body));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var received = Assert.Single(environment.Engine.Requests.Work);
        Assert.Equal(body, received.Text);
        Assert.EndsWith("?x=a%20b%2Fc&x=2&%C3%A9", received.Target, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Answer_UnknownMembers_ReachTheClientByteForByte(string engine)
    {
        var environment = await engines.ForAsync(engine);
        var body = Encoding.UTF8.GetBytes($$"""
             { {{Oddities}} , "id":"chatcmpl-1","object":"chat.completion","choices":[ {"x_odd" : 1,"index":0,"message":{"role":"assistant","content":"👩‍👩‍👧\u0301", "x":[]},"finish_reason":"stop"} ] ,"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"x":[] } }

            """);
        environment.Engine.Script.Next(Replies.Header("x-custom", "kept", Replies.Body(body, "application/json; charset=utf-8")));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model));

        Assert.Equal(Encoding.UTF8.GetString(body), await answer.Content.ReadAsStringAsync());
        Assert.Equal("application/json; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("kept", answer.Headers.GetValues("x-custom").Single());
    }

    // One that is longer than what is held whole, one that is not; each in both directions.
    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Body_OfTwentyMegabytes_PassesBothWays(string engine)
    {
        var environment = await engines.ForAsync(engine);
        var image = Convert.ToBase64String(RandomBytes(15 * Megabyte));
        var request = Encoding.UTF8.GetBytes(SampleRequest.Chat(NameAt(environment), more: $",\"x_image\":\"data:image/png;base64,{image}\""));
        var answer = Encoding.UTF8.GetBytes($$"""{"id":"x","choices":[{"index":0,"message":{"role":"assistant","content":"{{image}}"},"finish_reason":"stop"}]}""");
        environment.Engine.Script.Next(Replies.Body(answer));

        using var response = await environment.Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = SampleRequest.Json(request) });

        AssertSameHash(answer, await response.Content.ReadAsByteArrayAsync());
        AssertSameHash(request, Assert.Single(environment.Engine.Requests.Work).Body);
    }

    [Fact]
    public async Task Form_OfBinaryParts_ReachesTheEngineByteForByte()
    {
        var environment = await engines.ForAsync("openai");
        var content = new MultipartFormDataContent("odd--boundary'()+_,-./:=?") { { new ByteArrayContent(RandomBytes(3 * Megabyte)), "file", "a sound, ünïcode.wav" }, { new StringContent(environment.Engine.Model), "model" } };
        var sent = await content.ReadAsByteArrayAsync();

        using var answer = await environment.Client.PostAsync("/v1/audio/transcriptions", content);

        var received = Assert.Single(environment.Engine.Requests.Work);
        AssertSameHash(sent, received.Body);
        Assert.Equal(content.Headers.ContentType!.ToString(), received.Header("Content-Type"));
    }

    [Fact]
    public async Task Answer_OfAudio_ReachesTheClientByteForByte()
    {
        var environment = await engines.ForAsync("openai");
        var audio = RandomBytes(5 * Megabyte);
        environment.Engine.Script.Next(Replies.Body(audio, "audio/mpeg"));

        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.AudioSpeech, environment.Engine.Model));

        Assert.Equal("audio/mpeg", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(audio.Length, answer.Content.Headers.ContentLength);
        AssertSameHash(audio, await answer.Content.ReadAsByteArrayAsync());
    }

    // All that server-sent events allow: comments, CR LF, no space after the colon, several data lines, ids, retry, other names.
    [Fact]
    public async Task Stream_InEveryFormOfTheStandard_ReachesTheClientByteForByte()
    {
        var environment = await engines.ForAsync("openai");
        const string Chunk = """{"id":"a","choices":[{"index":0,"delta":{"content":"é👩‍👩‍👧"},"finish_reason":null}]}""";
        const string Last = """{"id":"a","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""";
        var stream = Encoding.UTF8.GetBytes(
            $": hello\n\ndata:{Chunk}\n\n:\n\nid: 7\nretry: 10\ndata: {Chunk}\r\n\r\ndata: {Chunk[..20]}\ndata: {Chunk[20..]}\n\nevent: message\ndata:  {Last}\n\ndata: [DONE]\n\n");
        foreach (var size in (int[])[1, 2, 3, 1000])
        {
            environment.Engine.Script.Next(Replies.Pieces(stream.Chunk(size), "text/event-stream; charset=utf-8"));
            using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model, stream: true));

            Assert.Equal(Encoding.UTF8.GetString(stream), await answer.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task Alias_InTheRequest_ChangesTheNameAndNothingElse()
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("MODEL_ALIASES", "house/*=gpt-4o-mini"));
        var body = $$"""{ {{Oddities}}, "model" : "house/\u0061", "messages":[] }""";

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", body));

        Assert.Equal(body.Replace("\"house/\\u0061\"", "\"gpt-4o-mini\"", StringComparison.Ordinal), Assert.Single(environment.Engine.Requests.Work).Text);
    }

    // An engine that takes a model's name for something else is sent its own word for it, which is a change of the body.
    private static string NameAt(TestEnvironment environment) => environment.Engine.Profile.Requests.SendModelAs is null ? environment.Engine.Model : "";

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static void AssertSameHash(byte[] expected, byte[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(expected)), Convert.ToHexString(SHA256.HashData(actual)));
    }
}
