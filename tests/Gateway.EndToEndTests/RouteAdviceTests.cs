using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>A path that is in no table is answered with what the caller most likely meant, in the form of the API that it speaks.</summary>
public sealed class RouteAdviceTests : IAsyncLifetime
{
    private RunningGateway _gateway = null!;

    public async Task InitializeAsync() => _gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["BACKEND_KIND"] = "demo" });

    public async Task DisposeAsync() => await _gateway.DisposeAsync();

    [Theory]
    [InlineData("/v1/v1/chat/completions", "The route is /v1/chat/completions: /v1 is in the path twice because the client adds it. Set the client's base URL to this gateway's URL without /v1.")]
    [InlineData("/v1//chat/completions", "The route is /v1/chat/completions: the path has two slashes")]
    [InlineData("//v1/embeddings", "The route is /v1/embeddings: the path has two slashes")]
    [InlineData("/chat/completions", "The route is /v1/chat/completions: set the client's base URL to this gateway's URL followed by /v1")]
    [InlineData("/openai/v1/responses", "The route is /v1/responses: take openai/ out of the client's base URL")]
    [InlineData("/v1/chat/completions/", "The route is /v1/chat/completions: without the slash at the end.")]
    [InlineData("/V1/Chat/Completions", "The route is /v1/chat/completions: in lower case.")]
    [InlineData("/v1/chat/completion", "Did you mean '/v1/chat/completions'?")]
    [InlineData("/v1/embedings", "Did you mean '/v1/embeddings'?")]
    [InlineData("/v1/audio/models", "The gateway has no /v1/audio/models. The routes are those of OpenAI's API")]
    [InlineData("/v1/nothing/like/it", "The routes are those of OpenAI's API below /v1; GET /capabilities lists them.")]
    public async Task Path_InNoTable_IsAdvised(string path, string advice)
    {
        using var answer = await PostAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        var message = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("message").GetString()!;
        Assert.Contains(advice, message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/v1/v1/messages", 404)]
    [InlineData("POST", "/messages", 404)]
    [InlineData("GET", "/v1/messages", 405)]
    [InlineData("DELETE", "/v1/messages/count_tokens", 405)]
    [InlineData("PUT", "/v1/messages/batches/b", 405)]
    [InlineData("POST", "/messages/batches", 404)]
    [InlineData("POST", "/v1/messages/batches", 501)]
    [InlineData("GET", "/v1/messages/batches/b/results", 501)]
    public async Task Path_OfMessages_FailsInAnthropicsForm(string method, string path, int status)
    {
        using var answer = await SendAsync(new HttpMethod(method), path);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("error", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Path_UnknownToAnAnthropicClient_FailsInItsForm()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/organizations/me");
        request.Headers.Add("anthropic-version", "2023-06-01");
        using var answer = await _gateway.Client.SendAsync(request);

        Assert.Equal("not_found_error", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetProperty("type").GetString());
    }

    [Theory]
    [InlineData("/", 200)]
    [InlineData("/console", 404)]
    public async Task Browser_WithoutAConsole_GetsAPage(string path, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
        using var answer = await _gateway.Anonymous.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType?.MediaType);
        Assert.Contains("ADMIN_API_KEY", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> PostAsync(string path) => SendAsync(HttpMethod.Post, path);

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path)
    {
        // As it stands: a URI would take two slashes at the start for a host.
        using var request = new HttpRequestMessage(method, new Uri(_gateway.Url.ToString().TrimEnd('/') + path));
        if (method == HttpMethod.Post)
        {
            request.Content = JsonContent.Create(new { model = "m" });
        }

        return await _gateway.Client.SendAsync(request);
    }
}
