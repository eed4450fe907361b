using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Xunit;

namespace Gateway.EndToEndTests.Observability;

/// <summary><c>GATEWAY_LOG_FORMAT=json</c>: the program itself writes one JSON object a line and nothing else.</summary>
public sealed class JsonLogTests
{
    private const string Key = "client-key-66d2";

    [Fact]
    public async Task Program_LogFormatJson_WritesEveryLineAsAnObject()
    {
        var lines = new ConcurrentQueue<string>();
        using var program = Start(lines);
        try
        {
            using var client = new HttpClient { BaseAddress = await AddressAsync(lines) };
            using var request = SampleRequest.WithId(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat("demo")), "json-log\"1");
            request.Headers.Authorization = new("Bearer", Key);
            using var answer = await client.SendAsync(request);
            Assert.True(answer.IsSuccessStatusCode);
            await Wait.UntilAsync(() => lines.Any(line => line.Contains("json-log", StringComparison.Ordinal)), "the request's line");
        }
        finally
        {
            program.Kill(entireProcessTree: true);
            await program.WaitForExitAsync();
        }

        var entries = lines.Select(line => JsonSerializer.Deserialize<JsonElement>(line)).ToArray();
        Assert.All(entries, entry => Assert.Equal((JsonValueKind.String, JsonValueKind.String), (entry.GetProperty("Timestamp").ValueKind, entry.GetProperty("Message").ValueKind)));
        var state = Assert.Single(entries, entry => entry.GetProperty("Category").GetString()!.EndsWith("RequestLog", StringComparison.Ordinal)).GetProperty("State");
        Assert.Equal(
            ("POST", "/v1/chat/completions", "200", "Ok", "tests", "1", "json-log\"1"),
            (Text("Method"), Text("Endpoint"), Text("Status"), Text("Outcome"), Text("Key"), Text("Attempts"), Text("RequestId")));
        Assert.DoesNotContain(Key, string.Concat(lines), StringComparison.Ordinal);
        Assert.DoesNotContain(SampleRequest.Prompt, string.Concat(lines), StringComparison.Ordinal);

        string Text(string name) => state.GetProperty(name).ToString();
    }

    private static Process Start(ConcurrentQueue<string> lines)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "gateway.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        var settings = new Dictionary<string, string> { ["BACKEND_KIND"] = "demo", ["GATEWAY_PORT"] = "0", ["GATEWAY_LOG_FORMAT"] = "json", ["API_KEYS"] = $"tests:{Key}", ["DOTNET_EnableDiagnostics"] = "0" };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var program = Process.Start(start)!;
        program.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text)
            {
                lines.Enqueue(text);
            }
        };
        program.BeginOutputReadLine();
        return program;
    }

    private static async Task<Uri> AddressAsync(ConcurrentQueue<string> lines)
    {
        string? line = null;
        await Wait.UntilAsync(() => (line = lines.FirstOrDefault(one => one.Contains("Now listening on", StringComparison.Ordinal))) is not null, "the gateway to listen");
        return new Uri(JsonSerializer.Deserialize<JsonElement>(line!).GetProperty("State").GetProperty("address").GetString()!);
    }
}
