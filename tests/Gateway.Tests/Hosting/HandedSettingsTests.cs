using Gateway.Commands;
using Gateway.Hosting;
using Gateway.Reload;
using Xunit;

namespace Gateway.Tests.Hosting;

/// <summary>Settings that reach a container whose environment cannot change.</summary>
public sealed class HandedSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Over_NothingHanded_IsTheEnvironment()
    {
        var environment = Environment(("BACKEND_KIND", "openai"));

        Assert.Same(environment, HandedSettings.Of(environment)!.Over(environment));
    }

    [Fact]
    public void Over_Offered_ChangesNothingBeforeItIsTaken()
    {
        var environment = Environment(("BACKEND_KIND", "openai"));
        HandedSettings.Of(environment)!.Offer(Environment(("BACKEND_KIND", "lmstudio")));

        Assert.Equal("openai", HandedSettings.Of(environment)!.Over(environment)["BACKEND_KIND"]);
    }

    [Fact]
    public void Over_Taken_ReplacesEverySettingAndNothingElse()
    {
        var environment = Environment(("BACKEND_KIND", "openai"), ("MODEL_NAME", "old"), ("HOME", "/app"));
        Hand(environment, ("BACKEND_KIND", "lmstudio"), ("API_KEYS", "a=b,c d\n'\""), ("HOME", "/elsewhere"));

        var variables = HandedSettings.Of(environment)!.Over(environment);

        Assert.Equal("lmstudio", variables["BACKEND_KIND"]);
        Assert.Equal("a=b,c d\n'\"", variables["API_KEYS"]);
        Assert.False(variables.ContainsKey("MODEL_NAME"));
        Assert.Equal("/app", variables["HOME"]);
    }

    [Fact]
    public void Over_ContainerMadeAnew_GoesByItsNewEnvironment()
    {
        Hand(Environment(("BACKEND_KIND", "openai")), ("BACKEND_KIND", "lmstudio"));
        var anew = Environment(("BACKEND_KIND", "ollama"));

        Assert.Equal("ollama", HandedSettings.Of(anew)!.Over(anew)["BACKEND_KIND"]);
    }

    [Fact]
    public void Take_NothingNewOffered_KeepsWhatWasTaken()
    {
        var environment = Environment(("BACKEND_KIND", "openai"));
        Hand(environment, ("BACKEND_KIND", "lmstudio"));

        HandedSettings.Of(environment)!.Take(environment);

        Assert.Equal("lmstudio", HandedSettings.Of(environment)!.Over(environment)["BACKEND_KIND"]);
    }

    [Fact]
    public async Task ReloadCommand_WrongSettings_OffersNothing()
    {
        var errors = new StringWriter();

        var code = await ReloadCommand.RunAsync(Environment(("BACKEND_KIND", "abacus")), errors);

        Assert.Equal(StartupException.ExitCode, code);
        Assert.Contains("BACKEND_KIND=abacus", errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task ReloadCommand_WithoutAFolder_SaysWhatToDoInstead()
    {
        var errors = new StringWriter();

        Assert.Equal(ReloadCommand.WrongUsage, await ReloadCommand.RunAsync(new Dictionary<string, string>(), errors));
        Assert.Contains("SIGHUP", errors.ToString(), StringComparison.Ordinal);
    }

    private void Hand(Dictionary<string, string> environment, params (string Name, string Value)[] settings)
    {
        var handed = HandedSettings.Of(environment)!;
        handed.Offer(Environment(settings));
        handed.Take(environment);
    }

    private Dictionary<string, string> Environment(params (string Name, string Value)[] variables) => variables.Append(("SETTINGS_FOLDER", _folder.Path)).ToDictionary();
}
