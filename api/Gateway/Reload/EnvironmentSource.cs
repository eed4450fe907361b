using System.Collections;
using Gateway.Core.Configuration;
using Gateway.Hosting;

namespace Gateway.Reload;

/// <summary>The variables of the process, over those of a <c>.env</c> in the working directory.</summary>
internal static class EnvironmentSource
{
    public const string FileName = ".env";

    /// <summary>What is in force at a start: where settings were handed over since the environment was made, those.</summary>
    /// <exception cref="StartupException">The <c>.env</c> cannot be taken.</exception>
    public static Dictionary<string, string> AtStart(string folder)
    {
        var variables = Read(folder);
        return HandedSettings.Of(variables)?.Over(variables) ?? variables;
    }

    /// <summary>What is to be in force now: what was handed over last, else what <c>.env</c> has come to say.</summary>
    /// <exception cref="StartupException">The <c>.env</c> cannot be taken.</exception>
    public static Dictionary<string, string> AtReload(string folder)
    {
        var variables = Read(folder);
        var handed = HandedSettings.Of(variables);
        handed?.Take(variables);
        return handed?.Over(variables) ?? variables;
    }

    /// <exception cref="StartupException">The <c>.env</c> cannot be taken.</exception>
    public static Dictionary<string, string> Read(string folder)
    {
        var process = OfProcess();
        var file = EnvFile.Load(Path.Combine(folder, FileName), process);
        if (file.Faults.Count > 0)
        {
            throw new StartupException(file.Faults);
        }

        var variables = new Dictionary<string, string>(file.Values, StringComparer.Ordinal);
        foreach (var (name, value) in process)
        {
            variables[name] = value;
        }

        return variables;
    }

    /// <summary>What a <c>.env</c> says that may be meant otherwise, one sentence each.</summary>
    /// <param name="file">Its path; null where none is read.</param>
    public static IReadOnlyList<string> Warnings(string? file) => file is null ? [] : EnvFile.Load(file, OfProcess()).Warnings;

    private static Dictionary<string, string> OfProcess()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        }

        return variables;
    }
}
