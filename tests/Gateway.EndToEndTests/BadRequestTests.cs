using System.Net;
using System.Text;
using Gateway.Engines.Endpoints;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>What a careless or hostile caller sends: a clear error, nothing for the engine, and a connection that still works where HTTP allows.</summary>
public sealed class BadRequestTests(EnginePool engines) : IClassFixture<EnginePool>
{
    private const string Engine = "openai";

    public static TheoryData<string> NoObjects =>
    [
        "", " ", "{", "{\"model\":", "{\"model\":\"a\"", "{\"model\":\"a\",}", "{'model':'a'}", "{\"model\":\"a\"} x", "{\"model\":\"a\"}{}", "{\"model\":\"a\u0001\"}",
        "[]", "[{\"model\":\"a\"}]", "\"model\"", "1", "null", "true", "NaN", "<xml/>", "model=a", "{\"model\":\"\\ud800x\\q\"}",
    ];

    public static TheoryData<string> RepeatedMembers =>
    [
        "{\"model\":\"$\",\"model\":\"$\"}", "{\"model\":\"$\",\"messages\":[],\"mod\\u0065l\":\"other\"}", "{\"model\":\"$\",\"stream\":false,\"stream\":true}",
    ];

    public static TheoryData<string> ForeignPaths =>
    [
        "/", "/v1", "/v1/", "/v2/chat/completions", "/v1/chat", "/v1/chat/completion", "/v1/engines", "/chat/completions", "/v1/organization/projects",
        "/v1/load_lora_adapter", "/metrics/../v1/load_lora_adapter", "/v1//chat/completions", "//v1/chat/completions", "/v1/chat%2fcompletions",
        "/v1/chat/completions/..%2f..%2finternal", "/v1/files/%2e%2e/%2e%2e/internal", "/v1/files/..%2f..%2finternal", "/v1/files/..;/internal", "/v1/files/a%5c..%5cb",
        "/v1/responses/a%2fb", "/v1/responses/%2e%2e", "/v1/responses/a/b", "/v1/files/../../internal", "/V1/CHAT/COMPLETIONS", "/v1/chat/completions/..",
    ];

    [Theory]
    [MemberData(nameof(NoObjects))]
    public async Task Body_IsNoJsonObject_Is400AndTheConnectionStays(string body)
    {
        var environment = await engines.ForAsync(Engine);
        using var client = await RawClient.ConnectAsync(environment.Gateway.Url);

        await PostAsync(client, Encoding.UTF8.GetBytes(body));
        AssertError(await client.ReadAsync(), 400, "invalid_json");

        await AssertStillServedAsync(environment, client);
    }

    [Theory]
    [MemberData(nameof(RepeatedMembers))]
    public async Task Body_RepeatsWhatDecidesItsWay_Is400(string body)
    {
        var environment = await engines.ForAsync(Engine);

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", body.Replace("$", environment.Engine.Model, StringComparison.Ordinal)));

        await Answers.AssertGatewayErrorAsync(answer, 400, "invalid_json");
        Assert.Empty(environment.Engine.Requests.Work);
    }

    [Theory]
    [InlineData(new byte[] { 0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00 })]
    [InlineData(new byte[] { 0x7b, 0x22, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d })]
    [InlineData(new byte[] { 0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x7d })]
    [InlineData(new byte[] { 0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xc0, 0xaf, 0x22, 0x7d })]
    public async Task Body_IsNoUtf8_Is400(byte[] body)
    {
        var environment = await engines.ForAsync(Engine);
        using var client = await RawClient.ConnectAsync(environment.Gateway.Url);

        await PostAsync(client, body);

        AssertError(await client.ReadAsync(), 400, "invalid_json");
        await AssertStillServedAsync(environment, client);
    }

    [Fact]
    public async Task Body_IsNestedBeyondReason_Is400()
    {
        var environment = await engines.ForAsync(Engine);
        var body = $"{{\"model\":\"{environment.Engine.Model}\",\"x\":{new string('[', 200_000)}";

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", body));

        await Answers.AssertGatewayErrorAsync(answer, 400, "invalid_json");
        Assert.Empty(environment.Engine.Requests.Work);
    }

    [Theory]
    [InlineData("1", 400)]
    [InlineData("[]", 400)]
    [InlineData("{}", 400)]
    [InlineData("\"no-such-model\"", 404)]
    public async Task Model_IsNoNameOfAModel_IsAnError(string model, int status)
    {
        var environment = await engines.ForAsync(Engine);

        using var answer = await environment.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", $$"""{"model":{{model}},"messages":[]}"""));

        await Answers.AssertGatewayErrorAsync(answer, status, status == 404 ? "model_not_found" : null);
        Assert.Empty(environment.Engine.Requests.Work);
    }

    [Fact]
    public async Task Model_NameOfAMegabyte_IsRefusedAndRepeatedNowhere()
    {
        var environment = await engines.ForAsync(Engine);
        var request = SampleRequest.WithId(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(new string('m', 1024 * 1024))), "long-name");

        using var answer = await environment.Client.SendAsync(request);

        Assert.InRange((await Answers.AssertGatewayErrorAsync(answer, 400, null)).Length, 1, 300);
        Assert.Empty(environment.Engine.Requests.Work);
        Assert.InRange((await environment.Gateway.Log.WaitForAsync("id=long-name")).Length, 1, 1000);
    }

    [Theory]
    [InlineData("m\\u0000\\r\\nGET /x")]
    [InlineData("../../etc/passwd")]
    [InlineData("<script>")]
    [InlineData("\\ud83d\\ude00")]
    public async Task Model_OddName_IsANameLikeAnyOther(string model)
    {
        var environment = await engines.ForAsync(Engine);
        var id = $"odd-{Guid.NewGuid():N}";

        using var answer = await environment.Client.SendAsync(SampleRequest.WithId(SampleRequest.Post("/v1/chat/completions", $$"""{"model":"{{model}}"}"""), id));

        await Answers.AssertGatewayErrorAsync(answer, 404, "model_not_found");
        var line = await environment.Gateway.Log.WaitForAsync($"id={id}");
        Assert.DoesNotContain(line, char.IsControl);
    }

    [Theory]
    [MemberData(nameof(ForeignPaths))]
    public async Task Path_OutsideTheTable_Is404AndReachesNoEngine(string path)
    {
        var environment = await engines.ForAsync(Engine);
        using var client = await RawClient.ConnectAsync(environment.Gateway.Url);

        await client.SendAsync(RawClient.Head("POST", path, "Content-Length: 2", "Content-Type: application/json") + "{}");

        AssertError(await client.ReadAsync(), 404, "not_found");
        Assert.Empty(environment.Engine.Requests.Work);
        await AssertStillServedAsync(environment, client);
    }

    [Theory]
    [InlineData("GET", "/v1/completions", "POST")]
    [InlineData("PUT", "/v1/responses", "POST")]
    [InlineData("DELETE", "/v1/models", "GET, HEAD")]
    [InlineData("PATCH", "/v1/responses/id_1", "GET, DELETE")]
    [InlineData("POST", "/v1/models/a/b", "GET, HEAD")]
    [InlineData("BREW", "/v1/embeddings", "POST")]
    public async Task Method_IsNotTheRoutes_Is405WithThoseThatAre(string method, string path, string allowed)
    {
        var environment = await engines.ForAsync(Engine);

        using var answer = await environment.Client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));

        await Answers.AssertGatewayErrorAsync(answer, 405, "method_not_allowed");
        Assert.Equal(allowed, string.Join(", ", answer.Content.Headers.Allow));
        Assert.Empty(environment.Engine.Requests.Work);
    }

    // The server itself refuses these, before there is a request.
    [Theory]
    [InlineData("POST /v1/chat/completions%00 HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST v1/chat/completions HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\n\r\n")]
    [InlineData("POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nBad Header\r\n\r\n")]
    [InlineData("hello\r\n\r\n")]
    public async Task Request_IsNoHttp_Is400(string bytes)
    {
        var environment = await engines.ForAsync(Engine);
        using var client = await RawClient.ConnectAsync(environment.Gateway.Url);

        await client.SendAsync(bytes);

        Assert.Equal(400, (await client.ReadAsync()).Status);
        Assert.Empty(environment.Engine.Requests.Work);
    }

    // The engine reads the same bytes, so nobody may see two requests where the gateway saw one.
    [Theory]
    [InlineData("Content-Length: 5", "Transfer-Encoding: chunked")]
    [InlineData("Content-Length: 5", "Content-Length: 6")]
    [InlineData("Content-Length: -1", "X: y")]
    [InlineData("Transfer-Encoding: chunked, identity", "X: y")]
    [InlineData("Transfer-Encoding : chunked", "X: y")]
    public async Task Length_IsAmbiguous_NeverReachesTheEngine(string first, string second)
    {
        var environment = await engines.ForAsync(Engine);
        using (var client = await RawClient.ConnectAsync(environment.Gateway.Url))
        {
            await client.SendAsync(RawClient.Head("POST", "/v1/chat/completions", "Content-Type: application/json", first, second) + "0\r\n\r\nGET /x HTTP/1.1\r\n\r\n");
            Assert.InRange((await client.ReadAsync()).Status, 400, 501);
        }

        Assert.Empty(environment.Engine.Requests.Work);
        using var answer = await environment.Client.SendAsync(SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static Task PostAsync(RawClient client, byte[] body) =>
        client.SendAsync([.. Encoding.ASCII.GetBytes(RawClient.Head("POST", "/v1/chat/completions", "Content-Type: application/json", $"Content-Length: {body.Length}")), .. body]);

    private static async Task AssertStillServedAsync(TestEnvironment environment, RawClient client)
    {
        Assert.Empty(environment.Engine.Requests.Work);
        await PostAsync(client, Encoding.UTF8.GetBytes(SampleRequest.Chat(environment.Engine.Model)));
        Assert.Equal(200, (await client.ReadAsync()).Status);
    }

    private static void AssertError(RawResponse answer, int status, string code)
    {
        Assert.Equal(status, answer.Status);
        Assert.Equal("gateway", answer.Headers[Answers.SourceHeader]);
        var error = System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(answer.Body).GetProperty("error");
        Assert.Equal(code, Answers.Text(error, "code"));
        Assert.NotEmpty(Answers.Text(error, "message")!);
    }
}
