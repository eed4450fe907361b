using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Gateway.Commands.Launch;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;
using Xunit;

namespace Gateway.Tests.Commands;

/// <summary>What points a coding agent at a gateway, and what the command says when it cannot.</summary>
public sealed class LaunchCommandTests : IDisposable
{
    private const string Models = """{"object":"list","data":[{"id":"qwen3-coder","object":"model","max_model_len":65536},{"id":"o'hara/x y","object":"model"}]}""";

    private readonly WireMockServer _gateway = CannedHttp.Answering(Models);
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    private string Url => _gateway.Url!.TrimEnd('/');

    public void Dispose() => _gateway.Dispose();

    [Fact]
    public async Task Launch_Claude_PrintsItsVariablesWithTheListedWindow()
    {
        Assert.Equal(LaunchCommand.Done, await RunAsync("claude", "--key", "team-a-key-0001"));

        Assert.Equal(
            [
                "unset ANTHROPIC_API_KEY",
                $"export ANTHROPIC_BASE_URL={Url}",
                "export ANTHROPIC_AUTH_TOKEN=team-a-key-0001",
                "export ANTHROPIC_MODEL=qwen3-coder",
                "export ANTHROPIC_DEFAULT_OPUS_MODEL=qwen3-coder",
                "export ANTHROPIC_DEFAULT_SONNET_MODEL=qwen3-coder",
                "export ANTHROPIC_DEFAULT_HAIKU_MODEL=qwen3-coder",
                "export CLAUDE_CODE_AUTO_COMPACT_WINDOW=65536",
                "export CLAUDE_CODE_MAX_OUTPUT_TOKENS=16384",
            ],
            Lines(line => !line.StartsWith('#')));
        Assert.Equal("# claude", Lines(_ => true)[^1]);
        Assert.Empty(_errors.ToString());
        Assert.Equal("Bearer team-a-key-0001", _gateway.LogEntries.Single().RequestMessage!.Headers!["Authorization"].Single());
    }

    [Fact]
    public async Task Launch_Codex_NamesTheProviderAndKeepsTheKeyOffTheCommandLine()
    {
        Assert.Equal(LaunchCommand.Done, await RunAsync("codex", "--key", "team-a-key-0001", "--", "exec", "say hi"));

        Assert.Equal(["export LLM_GATEWAY_KEY=team-a-key-0001"], Lines(line => !line.StartsWith('#')));
        Assert.Equal(
            "# codex -c 'model_provider=\"gateway\"' -c 'model_providers.gateway.name=\"gateway\"' "
            + $"-c 'model_providers.gateway.base_url=\"{Url}/v1\"' -c 'model_providers.gateway.env_key=\"LLM_GATEWAY_KEY\"' "
            + "-c 'model_providers.gateway.wire_api=\"responses\"' -c 'model=\"qwen3-coder\"' -c model_context_window=65536 exec 'say hi'",
            Lines(_ => true)[^1]);
    }

    [Fact]
    public async Task Launch_OpenCode_GivesItsWholeConfiguration()
    {
        Assert.Equal(LaunchCommand.Done, await RunAsync("opencode"));

        var line = Assert.Single(Lines(line => line.StartsWith("export OPENCODE_CONFIG_CONTENT='", StringComparison.Ordinal)));
        var config = JsonSerializer.Deserialize<JsonElement>(line["export OPENCODE_CONFIG_CONTENT='".Length..^1]);
        Assert.Equal("gateway/qwen3-coder", config.GetProperty("model").GetString());
        var provider = config.GetProperty("provider").GetProperty("gateway");
        Assert.Equal($"{Url}/v1", provider.GetProperty("options").GetProperty("baseURL").GetString());
        Assert.Equal("{env:LLM_GATEWAY_KEY}", provider.GetProperty("options").GetProperty("apiKey").GetString());
        var limit = provider.GetProperty("models").GetProperty("qwen3-coder").GetProperty("limit");
        Assert.Equal((65536, 16384), (limit.GetProperty("context").GetInt32(), limit.GetProperty("output").GetInt32()));
    }

    [Fact]
    public async Task Launch_Qwen_WithAModelOfOddLetters_QuotesIt()
    {
        Assert.Equal(LaunchCommand.Done, await RunAsync("qwen", "--model", "o'hara/x y"));

        Assert.Contains("export OPENAI_MODEL='o'\\''hara/x y'", Lines(_ => true));
        Assert.Contains($"export OPENAI_BASE_URL={Url}/v1", Lines(_ => true));
        Assert.Equal("# qwen --auth-type openai", Lines(_ => true)[^1]);
        Assert.DoesNotContain("contextWindowSize", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("team-a:team-a-key-0001,team-b:team-b-key-0002", "<key of team-a>")]
    [InlineData("team-a-key-0001", "<key>")]
    [InlineData("", "<key>")]
    public async Task Launch_WithoutAKey_ShowsItsNameAndNeverTheKeyOfTheSettings(string keys, string place)
    {
        _gateway.Reset();
        _gateway.Given(Request.Create()).RespondWith(Response.Create().WithStatusCode(401).WithBody("{}"));

        Assert.Equal(LaunchCommand.Done, await RunOwnAsync(new() { ["API_KEYS"] = keys }, null, "claude"));

        Assert.Contains($"export ANTHROPIC_AUTH_TOKEN='{place}'", Lines(_ => true));
        Assert.DoesNotContain("key-000", _output.ToString() + _errors, StringComparison.Ordinal);
        Assert.False(_gateway.LogEntries.Single().RequestMessage!.Headers!.ContainsKey("Authorization"));
    }

    [Fact]
    public async Task Launch_GatewayWithoutKeys_SendsAnyAndAsksForNone()
    {
        Assert.Equal(LaunchCommand.Done, await RunAsync("claude"));

        Assert.Contains("export ANTHROPIC_AUTH_TOKEN=none", Lines(_ => true));
        Assert.DoesNotContain("Put one of the gateway's keys", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Launch_KeyInTheCallersEnvironment_IsTaken()
    {
        Assert.Equal(LaunchCommand.Done, await RunOwnAsync([], "callers-key-0003", "codex"));

        Assert.Contains("export LLM_GATEWAY_KEY=callers-key-0003", Lines(_ => true));
    }

    [Fact]
    public async Task Launch_GatewayIsAway_PrintsWhatIsKnownAndSaysSo()
    {
        var away = $"http://127.0.0.1:{FreePort()}";

        Assert.Equal(LaunchCommand.Done, await LaunchCommand.RunAsync(["claude", "--url", $"{away}/v1/"], new Dictionary<string, string>(), null, _output, _errors));

        Assert.Contains($"export ANTHROPIC_BASE_URL={away}", Lines(_ => true));
        Assert.Contains("export ANTHROPIC_MODEL='<model>'", Lines(_ => true));
        Assert.DoesNotContain("COMPACT_WINDOW", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains($"{away} does not answer", _errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(401, "refuses the key")]
    [InlineData(404, "answers with status 404")]
    [InlineData(200, "something else than a list")]
    public async Task Exec_NoListOfModels_SaysWhyAndRunsNothing(int status, string said)
    {
        using var other = CannedHttp.Start();
        other.Given(Request.Create()).RespondWith(Response.Create().WithStatusCode(status).WithBody(status == 200 ? "<html>" : "{}"));

        Assert.Equal(
            LaunchCommand.CannotLaunch,
            await LaunchCommand.RunAsync(["claude", "--exec", "--url", other.Url!], new Dictionary<string, string>(), null, _output, _errors));

        Assert.Contains(said, _errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Launch_ModelThatIsNotListed_IsNoted()
    {
        Assert.Equal(LaunchCommand.Done, await RunAsync("qwen", "--model", "no-such-model"));

        Assert.Contains("does not list 'no-such-model'", _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("export OPENAI_MODEL=no-such-model", Lines(_ => true));
    }

    [Theory]
    [InlineData("", "usage: gateway launch")]
    [InlineData("emacs", "there is no client 'emacs'")]
    [InlineData("claude --modle m", "there is no option '--modle'")]
    [InlineData("claude --model", "--model takes a value")]
    [InlineData("claude --url gateway:8000", "is no URL")]
    [InlineData("claude --url http://user:pass@gateway:8000", "is no URL")]
    public async Task Launch_WrongUsage_SaysWhatIsWrong(string line, string said)
    {
        Assert.Equal(
            LaunchCommand.WrongUsage,
            await LaunchCommand.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), new Dictionary<string, string>(), null, _output, _errors));

        Assert.Contains(said, _errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("usage: gateway launch claude|codex|opencode|qwen", _errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(_output.ToString());
    }

    [Fact]
    public async Task Process_OfAClient_GetsVariablesAndArgumentsAndGivesItsExitCode()
    {
        Environment.SetEnvironmentVariable("LAUNCH_TEST_LEFT", "set");
        var setup = new LaunchSetup([("LLM_GATEWAY_KEY", "callers-key-0003")], ["-c", "test \"$LLM_GATEWAY_KEY\" = \"$1\" && test -z \"$LAUNCH_TEST_LEFT\" && exit 42", "sh"]) { Unset = ["LAUNCH_TEST_LEFT"] };

        Assert.Equal(42, await ClientProcess.RunAsync("/bin/sh", setup, ["callers-key-0003"]));
        Assert.Null(await ClientProcess.RunAsync("/no/such/client", setup, []));
    }

    private Task<int> RunAsync(params string[] args) => RunOwnAsync([], null, args);

    private Task<int> RunOwnAsync(Dictionary<string, string> settings, string? callerKey, params string[] args)
    {
        settings["GATEWAY_PORT"] = $"{new Uri(Url).Port}";
        return LaunchCommand.RunAsync(args, settings, callerKey, _output, _errors);
    }

    private string[] Lines(Func<string, bool> wanted) => [.. _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r')).Where(wanted)];

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
