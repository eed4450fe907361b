using System.Collections;

namespace Gateway.Hosting;

/// <summary>The variables of the process, over those of a <c>.env</c> in the working directory.</summary>
internal static class EnvironmentSource
{
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
