using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Gateway.EndToEndTests.Observability;

/// <summary>A real Prometheus on a free loopback port that scrapes one gateway and evaluates the rules we ship; disposing it kills it.</summary>
internal sealed class Prometheus : IDisposable
{
    private readonly Process _process;
    private readonly TemporaryFolder _folder;
    private readonly HttpClient _client;

    private Prometheus(Process process, TemporaryFolder folder, int port)
    {
        _process = process;
        _folder = folder;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public static string Repository { get; } = Clone.Root;

    public static string Tool { get; } = Path.Combine(Repository, ".cache", "prometheus", "promtool");

    public static async Task<Prometheus> StartAsync(Uri gateway)
    {
        var folder = new TemporaryFolder();
        var config = folder.Write("prometheus.yml", $$"""
            global: {scrape_interval: 250ms, evaluation_interval: 250ms}
            rule_files: ["{{Path.Combine(Repository, "deploy/prometheus/rules/*.yml")}}"]
            scrape_configs:
              - job_name: gateway
                static_configs: [{targets: ["{{gateway.Authority}}"]}]
            """);
        var port = FreePort.Next();
        var process = Start(Path.Combine(Path.GetDirectoryName(Tool)!, "prometheus"), $"--config.file={config}", $"--storage.tsdb.path={folder.Path}/data", $"--web.listen-address=127.0.0.1:{port}");
        var prometheus = new Prometheus(process, folder, port);
        await prometheus.WaitForAsync("up{job=\"gateway\"}", 1);
        return prometheus;
    }

    /// <summary>The values of an instant query; none while the server is not up yet.</summary>
    public async Task<IReadOnlyList<double>> QueryAsync(string expression)
    {
        try
        {
            using var body = new FormUrlEncodedContent([new("query", expression)]);
            using var answer = await _client.PostAsync("/api/v1/query", body);
            var text = await answer.Content.ReadAsStringAsync();
            if (answer.StatusCode == HttpStatusCode.BadRequest)
            {
                throw new InvalidOperationException($"{expression}: {text}");
            }

            return answer.IsSuccessStatusCode ? Values(text) : [];
        }
        catch (HttpRequestException)
        {
            return [];
        }
    }

    public Task WaitForAsync(string expression, double value) =>
        Wait.UntilAsync(async () => (await QueryAsync(expression)) is [var one] && one == value, $"{expression} to be {value}");

    public void Dispose()
    {
        _client.Dispose();
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    /// <summary>Runs promtool; what it prints is the message of the failure.</summary>
    public static async Task<(int ExitCode, string Output)> CheckAsync(string input, params string[] arguments)
    {
        using var process = Start(Tool, arguments);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, string.Concat(output));
    }

    private static double[] Values(string text)
    {
        var result = JsonSerializer.Deserialize<JsonElement>(text).GetProperty("data");
        return result.GetProperty("resultType").GetString() == "scalar"
            ? [Number(result.GetProperty("result")[1])]
            : [.. result.GetProperty("result").EnumerateArray().Select(series => Number(series.GetProperty("value")[1]))];
    }

    private static double Number(JsonElement text) => text.GetString() switch
    {
        "+Inf" => double.PositiveInfinity,
        var value => double.Parse(value!, CultureInfo.InvariantCulture),
    };

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        return Process.Start(start)!;
    }
}
