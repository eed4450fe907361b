using System.Net;
using System.Text;
using System.Text.Json;
using Gateway.Demo;
using Gateway.Engines;
using Xunit;

namespace Gateway.Tests.Demo;

/// <summary>The demo as a server: where it is, what it serves, and how it ends.</summary>
public sealed class DemoEngineTests(DemoHost demo) : IClassFixture<DemoHost>
{
    private const string LongChat = """{"model":"demo","stream":true,"messages":[{"role":"user","content":"one two three four five"}]}""";

    [Fact]
    public async Task Start_Twice_GivesTwoEnginesOnLoopback()
    {
        await using var one = await DemoEngine.StartAsync(TimeProvider.System, CancellationToken.None);
        await using var other = await DemoEngine.StartAsync(TimeProvider.System, CancellationToken.None);

        Assert.NotEqual(one.BaseUrl, other.BaseUrl);
        Assert.All(new[] { one.BaseUrl, other.BaseUrl }, url => Assert.Equal(("127.0.0.1", "/v1"), (url.Host, url.AbsolutePath)));
    }

    [Fact]
    public async Task Health_Asked_IsReadyByItsProfile()
    {
        using var answer = await demo.Client.GetAsync("/health");

        var rule = EngineCatalog.Find("demo")!.Health.Rules.First(rule => rule.Status == (int)answer.StatusCode);
        Assert.Equal(EngineState.Ready, rule.State);
        Assert.True(rule.Body!(await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Models_Asked_ListTheDemoAsOne()
    {
        var list = JsonSerializer.Deserialize<JsonElement>(await demo.Client.GetStringAsync("/v1/models"));
        var one = JsonSerializer.Deserialize<JsonElement>(await demo.Client.GetStringAsync("/v1/models/demo"));

        var entry = Assert.Single(list.GetProperty("data").EnumerateArray());
        Assert.Equal(entry.GetRawText(), one.GetRawText());
        var model = EngineCatalog.Find("demo")!.Models.Read(entry)!;
        Assert.Equal(("demo", "gateway-demo", 8192), (model.Id, model.OwnedBy, model.MaxLength));
    }

    [Theory]
    [InlineData("GET", "/", 404, null)]
    [InlineData("GET", "/v1/models/other", 404, null)]
    [InlineData("POST", "/v1/rerank", 404, null)]
    [InlineData("GET", "/v1/chat/completions", 405, "POST")]
    [InlineData("DELETE", "/v1/models", 405, "GET, HEAD")]
    public async Task Request_OutsideItsRoutes_IsRefused(string method, string path, int status, string? allow)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await demo.Client.SendAsync(request);

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal(allow, answer.Content.Headers.Allow.Count == 0 ? null : string.Join(", ", answer.Content.Headers.Allow));
        var error = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("error");
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
    }

    [Fact]
    public async Task Stream_EveryWord_IsSentBeforeTheNextIsMade()
    {
        var clock = new ManualClock();
        await using var engine = await DemoEngine.StartAsync(new DemoOptions { WordPause = TimeSpan.FromHours(1) }, clock, CancellationToken.None);
        using var client = new HttpClient();
        using var answer = await OpenAsync(client, engine);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());

        Assert.Contains("\"role\":\"assistant\"", await ReadFrameAsync(reader), StringComparison.Ordinal);
        foreach (var word in (string[])["This", " is", " the"])
        {
            await WaitUntilAsync(() => clock.Waiting == 1);
            clock.Advance(TimeSpan.FromHours(1));
            Assert.Contains($"\"content\":\"{word}\"", await ReadFrameAsync(reader), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Stream_CallerLeaves_StopsTheWork()
    {
        await using var engine = await DemoEngine.StartAsync(new DemoOptions { WordPause = TimeSpan.FromHours(1) }, TimeProvider.System, CancellationToken.None);
        using var client = new HttpClient();
        var answer = await OpenAsync(client, engine);
        Assert.Equal(1, engine.Running);

        answer.Dispose();

        await WaitUntilAsync(() => engine.Running == 0);
    }

    [Fact]
    public async Task Dispose_StreamIsRunning_EndsIt()
    {
        var engine = await DemoEngine.StartAsync(new DemoOptions { WordPause = TimeSpan.FromHours(1) }, TimeProvider.System, CancellationToken.None);
        using var client = new HttpClient();
        using var answer = await OpenAsync(client, engine);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        await ReadFrameAsync(reader);

        await engine.DisposeAsync().AsTask().WaitAsync(DemoHost.Patience);

        Assert.Equal(0, engine.Running);
        await Assert.ThrowsAnyAsync<IOException>(() => ReadFrameAsync(reader));
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(engine.BaseUrl));
    }

    private static async Task<HttpResponseMessage> OpenAsync(HttpClient client, DemoEngine engine)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(engine.BaseUrl, "/v1/chat/completions"));
        request.Content = new StringContent(LongChat, Encoding.UTF8, "application/json");
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }

    private static async Task<string> ReadFrameAsync(StreamReader reader)
    {
        using var deadline = new CancellationTokenSource(DemoHost.Patience);
        var line = await reader.ReadLineAsync(deadline.Token);
        await reader.ReadLineAsync(deadline.Token);
        return line!;
    }

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < DemoHost.Patience, "Waited in vain.");
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        }
    }
}
