using System.Net;
using Gateway.Engines.Endpoints;
using Xunit;

namespace Gateway.EndToEndTests.Wire;

/// <summary>What pages in a browser may do with a gateway: without keys nothing unless they are listed, and with CORS the API only.</summary>
public sealed class BrowserTests
{
    private static readonly string[] Routes = ["/v1/models", "/health", "/ready", "/metrics", "/console/", "/system-info", "/stats", "/capabilities", "/elsewhere"];

    [Theory]
    [InlineData("evil.example:8000", null)]
    [InlineData("evil.example", "http://evil.example")]
    [InlineData("localhost.evil.example", null)]
    [InlineData("127.0.0.1.evil.example", null)]
    [InlineData("10.0.0.7:8000", null)]
    [InlineData("localhost", "http://evil.example")]
    [InlineData("localhost", "null")]
    [InlineData("localhost", "app://evil")]
    [InlineData("localhost", "http://localhost.evil.example")]
    [InlineData("localhost", "http://evil.example, http://localhost")]
    [InlineData("localhost", "chrome-extension://localhost")]
    public async Task Anonymous_HostOrOriginOfAnotherSite_IsRefusedOnEveryRoute(string host, string? origin)
    {
        await using var environment = await AnonymousAsync();
        foreach (var route in Routes)
        {
            using var answer = await environment.Gateway.Anonymous.SendAsync(Request(HttpMethod.Get, route, host, origin));
            var message = await Answers.AssertGatewayErrorAsync(answer, 403, origin is null || origin.StartsWith("http://evil.example", StringComparison.Ordinal) && host.StartsWith("evil", StringComparison.Ordinal) ? "host_not_allowed" : "origin_not_allowed");
            Assert.Contains("API_KEYS", message, StringComparison.Ordinal);
            Assert.True(answer.Headers.Contains("x-request-id"));
        }

        // What a page sends without asking: text/plain.
        var work = Request(HttpMethod.Post, "/v1/chat/completions", host, origin);
        work.Content = new StringContent(SampleRequest.Chat(environment.Engine.Model));
        using var refused = await environment.Gateway.Anonymous.SendAsync(work);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Empty(environment.Engine.Requests.Work);
    }

    [Theory]
    [InlineData("localhost:8000", null)]
    [InlineData("LOCALHOST.", null)]
    [InlineData("app.localhost:3000", "http://app.localhost:3000")]
    [InlineData("127.0.0.1", "http://localhost:5173")]
    [InlineData("127.8.9.1:8000", "https://127.0.0.1")]
    [InlineData("[::1]:8000", "http://[::1]:8000")]
    [InlineData("host.docker.internal:8000", null)]
    [InlineData("localhost", "https://chat.example.org")]
    [InlineData("chat.example.org", null)]
    [InlineData("localhost", "app://obsidian.md")]
    public async Task Anonymous_ThisHostAndListedOrigins_AreServed(string host, string? origin)
    {
        await using var environment = await AnonymousAsync(("GATEWAY_CORS_ORIGINS", "https://chat.example.org,app://obsidian.md"));

        using var answer = await environment.Gateway.Anonymous.SendAsync(Request(HttpMethod.Get, "/v1/models", host, origin));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "cross-site", "no-cors", 403)]
    [InlineData("POST", "cross-site", "navigate", 403)]
    [InlineData("GET", "cross-site", "no-cors", 403)]
    [InlineData("GET", "cross-site", "navigate", 200)]
    [InlineData("GET", "same-origin", "cors", 200)]
    [InlineData("GET", "none", "navigate", 200)]
    public async Task Anonymous_CrossSiteWithoutOrigin_MayOnlyFollowALink(string method, string site, string mode, int status)
    {
        await using var environment = await AnonymousAsync();
        var request = Request(new HttpMethod(method), "/v1/models", "localhost", null);
        request.Headers.Add("Sec-Fetch-Site", site);
        request.Headers.Add("Sec-Fetch-Mode", mode);

        using var answer = await environment.Gateway.Anonymous.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Fact]
    public async Task Anonymous_MessagesApi_IsRefusedInItsOwnEnvelope()
    {
        await using var environment = await AnonymousAsync();
        var request = Request(HttpMethod.Post, "/v1/messages", "evil.example", null);
        request.Content = SampleRequest.Json("{}");

        using var answer = await environment.Gateway.Anonymous.SendAsync(request);

        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Equal("permission_error", Answers.Text(await Answers.ErrorAsync(answer), "type"));
    }

    [Fact]
    public async Task Keys_AreSet_NamesDoNotMatter()
    {
        await using var environment = await TestEnvironment.StartAsync("openai");

        using var answer = await environment.Client.SendAsync(Request(HttpMethod.Get, "/v1/models", "gateway:8000", "https://chat.example.org"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("https://chat.example.org")]
    [InlineData("app://obsidian.md")]
    [InlineData("tauri://localhost")]
    [InlineData("chrome-extension://abcdefghijklmnop")]
    [InlineData("moz-extension://0a1b2c3d-4e5f")]
    [InlineData("capacitor://localhost")]
    [InlineData("vscode-webview://abc")]
    public async Task Cors_ListedOrigin_MayCallTheApiAndNothingElse(string origin)
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_CORS_ORIGINS", $"{origin},https://other.example"), ("ADMIN_API_KEY", "admin-key-77aa"));

        using var preflight = await environment.Gateway.Anonymous.SendAsync(Preflight("/v1/chat/completions", origin));
        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Equal(origin, Header(preflight, "Access-Control-Allow-Origin"));
        Assert.Equal("POST", Header(preflight, "Access-Control-Allow-Methods"));
        Assert.Equal("authorization,x-stainless-lang", Header(preflight, "Access-Control-Allow-Headers"));

        var work = SampleRequest.To(EndpointId.ChatCompletions, environment.Engine.Model);
        work.Headers.TryAddWithoutValidation("Origin", origin);
        using var answer = await environment.Client.SendAsync(work);
        Assert.Equal(origin, Header(answer, "Access-Control-Allow-Origin"));

        var wrong = Request(HttpMethod.Get, "/v1/models", "localhost", origin);
        using var refused = await environment.Gateway.Anonymous.SendAsync(wrong);
        Assert.Equal((401, origin), ((int)refused.StatusCode, Header(refused, "Access-Control-Allow-Origin")));

        foreach (var route in Routes.Where(static route => !route.StartsWith("/v1", StringComparison.Ordinal)))
        {
            using var page = await environment.Client.SendAsync(Request(HttpMethod.Get, route, "localhost", origin));
            using var asked = await environment.Gateway.Anonymous.SendAsync(Preflight(route, origin));
            Assert.False(page.Headers.Contains("Access-Control-Allow-Origin"), route);
            Assert.False(asked.Headers.Contains("Access-Control-Allow-Origin"), route);
        }
    }

    [Theory]
    [InlineData("https://chat.example.org.evil.example")]
    [InlineData("http://chat.example.org")]
    [InlineData("null")]
    [InlineData("app://other")]
    public async Task Cors_OtherOrigin_GetsNoPermission(string origin)
    {
        await using var environment = await TestEnvironment.StartAsync("openai", ("GATEWAY_CORS_ORIGINS", "https://chat.example.org,app://obsidian.md"));

        using var preflight = await environment.Gateway.Anonymous.SendAsync(Preflight("/v1/chat/completions", origin));
        using var answer = await environment.Client.SendAsync(Request(HttpMethod.Get, "/v1/models", "localhost", origin));

        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    private static Task<TestEnvironment> AnonymousAsync(params (string, string)[] settings) => TestEnvironment.StartAsync("vllm", [("API_KEYS", ""), .. settings]);

    private static HttpRequestMessage Request(HttpMethod method, string path, string host, string? origin)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Host", host);
        if (origin is not null)
        {
            request.Headers.TryAddWithoutValidation("Origin", origin);
        }

        return request;
    }

    private static HttpRequestMessage Preflight(string path, string origin)
    {
        var request = Request(HttpMethod.Options, path, "localhost", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "authorization,x-stainless-lang");
        return request;
    }

    private static string? Header(HttpResponseMessage answer, string name) => answer.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
