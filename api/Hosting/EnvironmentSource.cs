using System.Collections;

namespace Gateway.Hosting;

/// <summary>The variables of the process, over those of a <c>.env</c> in the working directory.</summary>
internal static class EnvironmentSource
{
    public const string FileName = ".env";

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
        var file = Path.Combine(folder, FileName);
        if (File.Exists(file))
        {
            foreach (var (name, value) in Load(file))
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

    private static IEnumerable<KeyValuePair<string, string>> Load(string file)
    {
        try
        {
            return DotNetEnv.Env.NoEnvVars().Load(file);
        }
        catch (Exception e) when (e is Sprache.ParseException or IOException or UnauthorizedAccessException)
        {
            // The parser's own words repeat the text before the fault, which may be a key.
            var reason = e is Sprache.ParseException parse ? FormattableString.Invariant($"it is not NAME=value at line {parse.Position?.Line}, column {parse.Position?.Column}") : e.Message;
            throw new StartupException([$"{file} cannot be read: {reason}"]);
        }
    }
}
