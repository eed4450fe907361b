using System.Diagnostics;
using System.Globalization;
using System.Net;
using Xunit;

namespace Gateway.EndToEndTests;

/// <summary>The program as a process of its own: what is written into its files and who reads its log do not end it, and signals do.</summary>
public sealed class ProcessTests : IDisposable
{
    private const int WrongConfiguration = 78;
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "gateway.dll");

    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePort.Next();
    private readonly HttpClient _client = new();

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("X=\"\\777\"")]
    [InlineData("PASSWORD=\"abc\\400def\"")]
    [InlineData("X=\"\\U99999999\"")]
    [InlineData("no assignment")]
    [InlineData("API_KEYS=\"sk-abcdefgh")]
    [InlineData("API_KEYS=sk-abcdefgh${NOT_THERE}")]
    [InlineData("GATEWAY_CONFIG=\"a\\0b\"")]
    [InlineData("GATEWAY_RETRIES=99999999999999999999")]
    public async Task EnvFile_AnyLineIsAdded_TheGatewayAnswersOn(string line)
    {
        using var process = await StartAsync("GATEWAY_RETRIES=1\n");
        var output = process.StandardOutput.ReadToEndAsync();
        await File.AppendAllTextAsync(_folder.File(".env"), line + "\nMODEL_NAME=changed\n");
        await WaitForMetricAsync();

        using var answer = await _client.GetAsync(Url("/health"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, await EndAsync(process));
        Assert.Contains("New settings are", await output, StringComparison.Ordinal);

        // The files changed and the gateway noticed: taken or refused, but never a defect.
        async Task WaitForMetricAsync() => await Wait.UntilAsync(
            async () =>
            {
                var metrics = await _client.GetStringAsync(Url("/metrics"));
                Assert.DoesNotContain("gateway_defects_total{", metrics, StringComparison.Ordinal);
                return metrics.Contains("gateway_config_reloads_total{outcome=\"refused\"} 1", StringComparison.Ordinal) || metrics.Contains("gateway_config_reloads_total{outcome=\"taken\"} 1", StringComparison.Ordinal);
            },
            "the change to be noticed");
    }

    [Theory]
    [InlineData("A=1\nno assignment", "line 2")]
    [InlineData("API_KEYS=\"sk-abcdefgh", "line 1")]
    [InlineData("\n\nAPI_KEYS=sk-abcdefgh${NOT_THERE}", "line 3")]
    [InlineData("GATEWAY_PORT=x", "GATEWAY_PORT=x")]
    public async Task EnvFile_WrongAtTheStart_EndsWith78AndItsLine(string text, string expected)
    {
        _folder.Write(".env", text);
        foreach (var command in (string[][])[[], ["check-config"], ["doctor"]])
        {
            var result = await Shell.RunAsync(_folder.Path, new Dictionary<string, string>(), ["dotnet", "exec", Program, .. command]);

            Assert.Equal(command is ["doctor"] ? 1 : WrongConfiguration, result.Code);
            Assert.Contains(expected, result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("sk-abc", result.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task EnvFile_KeyWithDollarAndJsonOfOthers_MeansWhatIsWritten()
    {
        using var process = await StartAsync("API_KEYS=sk-abcdefgh$ijkl\nOTHER_PROGRAM={\"a\":\"b\"}\nGREETING=it's\nSIZE=5\"\n");
        var output = process.StandardOutput.ReadToEndAsync();

        Assert.Equal(HttpStatusCode.OK, await ModelsAsync("sk-abcdefgh$ijkl"));
        Assert.Equal(HttpStatusCode.Unauthorized, await ModelsAsync("sk-abcdefgh"));
        Assert.Equal(0, await EndAsync(process));
        Assert.Contains("a $ in API_KEYS is literal here", await output, StringComparison.Ordinal);

        async Task<HttpStatusCode> ModelsAsync(string key)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Url("/v1/models"));
            request.Headers.Authorization = new("Bearer", key);
            using var answer = await _client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task Output_IsNotRead_RequestsAndTheEndGoOn()
    {
        // Nothing reads the pipe: the log stalls after what a pipe and the queue can take, some 7,000 lines of 200 bytes.
        using var process = await StartAsync("GATEWAY_DRAIN_SECONDS=1\n");
        await Parallel.ForEachAsync(Enumerable.Range(0, 8), async (_, cancellationToken) =>
        {
            for (var i = 0; i < 1250; i++)
            {
                using var answer = await _client.GetAsync(Url("/v1/models"), cancellationToken);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        });

        using var health = await _client.GetAsync(Url("/health"));
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        var metrics = await _client.GetStringAsync(Url("/metrics"));
        Assert.Matches("gateway_log_lines_dropped_total [1-9]", metrics);
        Assert.Equal(0, await EndAsync(process));
    }

    [Fact]
    public async Task Address_IsTaken_IsOneLineAndNoStack()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, _port);
        taken.Start();
        var result = await Shell.RunAsync(_folder.Path, Environment(), "dotnet", "exec", Program);

        Assert.Equal(69, result.Code);
        Assert.Contains("Choose another GATEWAY_PORT", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Output, StringComparison.Ordinal);
    }

    private Dictionary<string, string> Environment() => new()
    {
        ["GATEWAY_HOST"] = "127.0.0.1",
        ["GATEWAY_PORT"] = _port.ToString(CultureInfo.InvariantCulture),
        ["BACKEND_KIND"] = "demo",
    };

    private Uri Url(string path) => new($"http://127.0.0.1:{_port}{path}");

    private async Task<Process> StartAsync(string env)
    {
        _folder.Write(".env", env);
        var start = new ProcessStartInfo("dotnet", ["exec", Program]) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true };
        foreach (var (name, value) in Environment())
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        await Wait.UntilAsync(
            async () =>
            {
                Assert.False(process.HasExited);
                try
                {
                    using var answer = await _client.GetAsync(Url("/ready"));
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "the gateway to be ready");
        return process;
    }

    private static async Task<int> EndAsync(Process process)
    {
        Assert.False(process.HasExited);
        Assert.Equal(0, (await Shell.RunAsync("kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture))).Code);
        using var deadline = new CancellationTokenSource(Wait.Deadline);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode;
    }
}
