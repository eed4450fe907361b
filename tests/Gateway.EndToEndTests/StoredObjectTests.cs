using System.Net;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>What one key's callers store at an engine, another key's do not see: with several keys stored objects are off until a setting opens them.</summary>
public sealed class StoredObjectTests
{
    private const string Alice = "alice-key-11aa";
    private const string Bob = "bob-key-22bb";

    [Theory]
    [InlineData("GET", "/v1/files")]
    [InlineData("GET", "/v1/files/file-1/content")]
    [InlineData("POST", "/v1/files")]
    [InlineData("DELETE", "/v1/files/file-1")]
    [InlineData("GET", "/v1/batches")]
    [InlineData("POST", "/v1/batches/batch_1/cancel")]
    [InlineData("GET", "/v1/responses/resp_1")]
    [InlineData("DELETE", "/v1/responses/resp_1")]
    [InlineData("POST", "/v1/responses/resp_1/cancel")]
    [InlineData("GET", "/v1/responses/resp_1/input_items")]
    [InlineData("GET", "/v1/chat/completions")]
    [InlineData("POST", "/v1/threads/thread_1/runs")]
    [InlineData("GET", "/v1/vector_stores")]
    [InlineData("GET", "/v1/conversations/conv_1/items")]
    [InlineData("GET", "/v1/videos/video_1/content")]
    [InlineData("POST", "/v1/realtime/client_secrets")]
    [InlineData("GET", "/v1/fine_tuning/jobs")]
    public async Task Route_OfSeveralKeys_IsOffForThoseThatTheSettingDoesNotName(string method, string path)
    {
        await using var environment = await StartAsync();

        using var refused = await environment.Gateway.NewClient(Bob).SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        await Answers.AssertGatewayErrorAsync(refused, 403, "stored_objects_closed");
        Assert.Empty(environment.Engine.Requests.Work);

        using var passed = await environment.Gateway.NewClient(Alice).SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Single(environment.Engine.Requests.Work);
    }

    [Theory]
    [InlineData("\"previous_response_id\":\"resp_1\"")]
    [InlineData("\"conversation\":{\"id\":\"conv_1\"}")]
    [InlineData("\"tools\":[{\"type\":\"file_search\",\"vector_store_ids\":[\"vs_1\"]}]")]
    [InlineData("\"include\":[],\"x\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_file\",\"file_id\":\"file-1\"}]}]")]
    public async Task Body_ThatRefersToAnObject_IsRefusedForTheSameKeys(string member)
    {
        await using var environment = await StartAsync();
        var body = $$"""{"model":"{{environment.Engine.Model}}","input":"x",{{member}} }""";

        using var refused = await environment.Gateway.NewClient(Bob).SendAsync(SampleRequest.Post("/v1/responses", body));
        await Answers.AssertGatewayErrorAsync(refused, 403, "stored_objects_closed");

        using var passed = await environment.Gateway.NewClient(Alice).SendAsync(SampleRequest.Post("/v1/responses", body));
        Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
        Assert.Equal(body, Assert.Single(environment.Engine.Requests.Work).Text);
    }

    [Theory]
    [InlineData("bob:bob-key-22bb", "")]
    [InlineData("alice:alice-key-11aa,bob:bob-key-22bb", "*")]
    public async Task Route_OfOneKeyOrOpenedForAll_Passes(string keys, string open)
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("API_KEYS", $"tests:{RunningGateway.ClientKey}"), ("GATEWAY_OBJECT_KEYS", "*"));
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("openai", environment.Engine.BaseUrl, ("API_KEYS", keys), ("GATEWAY_OBJECT_KEYS", open)));

        using var answer = await gateway.NewClient(Bob).GetAsync(new Uri("/v1/files", UriKind.Relative));

        Assert.Single(environment.Engine.Requests.Work);
    }

    private static Task<TestEnvironment> StartAsync() =>
        TestEnvironment.StartAsync("openai", ("API_KEYS", $"tests:{RunningGateway.ClientKey},alice:{Alice},bob:{Bob}"), ("GATEWAY_OBJECT_KEYS", "alice"));
}
