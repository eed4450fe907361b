using System.Collections;

namespace Gateway.Hosting;

/// <summary>The variables of the process, over those of a <c>.env</c> in the working directory.</summary>
internal static class EnvironmentSource
{
    /// <summary>What is in force at a start: where settings were handed over since the environment was made, those.</summary>
    public static Dictionary<string, string> AtStart(string folder)
    {
        var variables = Read(folder);
        return HandedSettings.Of(variables)?.Over(variables) ?? variables;
    }

    /// <summary>What is to be in force now: what was handed over last, else what <c>.env</c> has come to say.</summary>
    public static Dictionary<string, string> AtReload(string folder)
    {
        var variables = Read(folder);
        var handed = HandedSettings.Of(variables);
        handed?.Take(variables);
        return handed?.Over(variables) ?? variables;
    }

    public static Dictionary<string, string> Read(string folder)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var file = Path.Combine(folder, ".env");
        if (File.Exists(file))
        {
            foreach (var (name, value) in DotNetEnv.Env.NoEnvVars().Load(file))
            {
                variables[name] = value;
            }
        }

        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        return variables;
    }
}
