using Gateway.Commands;
using Gateway.Hosting;
using Xunit;

namespace Gateway.Tests.Commands;

public sealed class CheckConfigCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    private string Given => _folder.File("gateway.yaml");

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Run_RightFile_SaysWhatItComesTo()
    {
        Assert.Equal(
            0,
            Run("backends: [{name: big, kind: vllm, urls: [\"http://a:1/v1\", \"http://b:2\"], models: {m: x}}]\nfallbacks: {m: [big/y, big]}\naliases: {n: m}\nkeys: [{name: k, key: \"${KEY}\"}]", ("KEY", "12345678"), ("BACKEND_KIND", "ollama")));

        Assert.Equal(
            [
                $"{Given} is valid.",
                "backend big: vLLM at http://a:1/v1, http://b:2/",
                "fallback for m: y at big, then big",
                "model names: 2",
                "client keys: 1",
                "note: BACKEND_KIND has no effect: the backends are those of GATEWAY_CONFIG.",
                "",
            ],
            _output.ToString().Split('\n'));
        Assert.Empty(_errors.ToString());
    }

    [Fact]
    public void Run_WrongFile_SaysEverythingThatIs()
    {
        Assert.Equal(StartupException.ExitCode, Run("backends:\n  - name: big\nkeys: 5\n"));

        Assert.Empty(_output.ToString());
        Assert.Collection(
            _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries),
            line => Assert.StartsWith($"{Given}:2:5: backends[0]: kind is missing", line, StringComparison.Ordinal),
            line => Assert.StartsWith($"{Given}:3:7: keys: ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Run_NoFileNamed_ChecksTheOneOfTheEnvironment()
    {
        File.WriteAllText(Given, "colour: red");

        Assert.Equal(StartupException.ExitCode, CheckConfigCommand.Run([], new Dictionary<string, string> { ["GATEWAY_CONFIG"] = Given }, _output, _errors));
        Assert.StartsWith($"{Given}:1:1: colour", _errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Run_NoFileAtAll_ChecksTheEnvironment()
    {
        Assert.Equal(0, CheckConfigCommand.Run([], new Dictionary<string, string>(), _output, _errors));
        Assert.StartsWith("The environment is valid.", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("a", "b")]
    public void Run_WrongUsage_IsToldSo(params string[] args)
    {
        Assert.Equal(CheckConfigCommand.WrongUsage, CheckConfigCommand.Run(args, new Dictionary<string, string>(), _output, _errors));
        Assert.StartsWith("usage: gateway check-config", _errors.ToString(), StringComparison.Ordinal);
    }

    private int Run(string text, params (string Name, string Value)[] variables)
    {
        File.WriteAllText(Given, text);
        return CheckConfigCommand.Run([Given], variables.ToDictionary(), _output, _errors);
    }
}
