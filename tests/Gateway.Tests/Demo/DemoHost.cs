using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Gateway.Demo;
using Xunit;

namespace Gateway.Tests.Demo;

/// <summary>A running demo engine that does not pause between words, and a client of it.</summary>
public sealed class DemoHost : IAsyncLifetime
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private DemoEngine? _engine;

    public HttpClient Client { get; } = new();

    public async Task InitializeAsync()
    {
        _engine = await DemoEngine.StartAsync(new DemoOptions { WordPause = TimeSpan.Zero }, TimeProvider.System, CancellationToken.None);
        Client.BaseAddress = new Uri(_engine.BaseUrl, "/");
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _engine!.DisposeAsync();
    }

    public Task<HttpResponseMessage> PostAsync(string path, string body) => PostAsync(path, Encoding.UTF8.GetBytes(body));

    public async Task<HttpResponseMessage> PostAsync(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await Client.PostAsync(path, content);
    }

    /// <summary>The answer to a request that has to succeed.</summary>
    public async Task<JsonElement> AskAsync(string path, string body)
    {
        using var answer = await PostAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>The error of a request that has to fail.</summary>
    internal async Task<JsonElement> FailAsync(string path, byte[] body, int status)
    {
        using var answer = await PostAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(status == (int)answer.StatusCode, $"{answer.StatusCode}: {text}");
        var error = JsonSerializer.Deserialize<JsonElement>(text).GetProperty("error");
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
        Assert.Equal("invalid_request_error", error.GetProperty("type").GetString());
        return error;
    }

    internal Task<JsonElement> FailAsync(string path, string body, int status = 400) => FailAsync(path, Encoding.UTF8.GetBytes(body), status);

    /// <summary>Name and data of every event of a stream; the name is empty where there is none.</summary>
    internal async Task<IReadOnlyList<(string Name, string Data)>> StreamAsync(string path, string body)
    {
        using var answer = await PostAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(Event)];
    }

    /// <summary>The chunks of a stream that has to end with the end mark, without it.</summary>
    internal async Task<IReadOnlyList<JsonElement>> ChunksAsync(string path, string body)
    {
        var events = await StreamAsync(path, body);
        Assert.Equal(("", "[DONE]"), events[^1]);
        return [.. events.SkipLast(1).Select(one => JsonSerializer.Deserialize<JsonElement>(one.Data))];
    }

    private static (string Name, string Data) Event(string frame)
    {
        var lines = frame.Split('\n');
        var name = lines.Length == 2 ? lines[0]["event: ".Length..] : "";
        Assert.StartsWith("data: ", lines[^1], StringComparison.Ordinal);
        return (name, lines[^1]["data: ".Length..]);
    }
}
