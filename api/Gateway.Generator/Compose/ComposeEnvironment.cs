using Gateway.Engines;

namespace Gateway.Generator.Compose;

/// <summary>An engine's environment as compose takes it. What is not set must not be there at all: to many engines an empty value is a value.</summary>
internal static class ComposeEnvironment
{
    /// <summary>Stands where a variable under another name is left out, since compose takes no empty line.</summary>
    public const string NotSet = "NOT_SET=";

    public static IEnumerable<string> Lines(EngineProfile engine, EngineContainer container)
    {
        foreach (var (name, value) in container.Environment)
        {
            yield return $"{name}={ComposeArguments.Open(value)}";
        }

        foreach (var option in engine.Deployment.Options.Where(option => !ComposeArguments.IsFlag(option)))
        {
            // A name alone is handed on as it is, and left out where it is not set.
            yield return option.Default is not null ? $"{option.Flag}=${{{option.Variable}:-{ComposeArguments.Open(option.Default)}}}"
                : option.Flag == option.Variable ? option.Flag
                : OnlyIfSet(option.Variable, option.Flag);
        }

        if (ComposeArguments.KeySetting(engine) is { } setting && !setting.StartsWith('-'))
        {
            yield return OnlyIfSet("BACKEND_API_KEY", setting);
        }
    }

    private static string OnlyIfSet(string variable, string name) => $"${{{variable}:+{name}=}}${{{variable}:-{NotSet}}}";
}
