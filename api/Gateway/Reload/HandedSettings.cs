using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Configuration;

namespace Gateway.Reload;

/// <summary>
/// Settings that are handed to a gateway in a container, whose own environment never changes, through a folder on a volume.
/// They are in force until its container is made anew with another environment, also when its process is started again.
/// </summary>
internal sealed class HandedSettings(string folder)
{
    private string Offered => Path.Combine(folder, "offered");

    private string Taken => Path.Combine(folder, "taken");

    /// <summary>The folder that the variables name, if they name one.</summary>
    public static HandedSettings? Of(IReadOnlyDictionary<string, string> environment) =>
        environment.TryGetValue("SETTINGS_FOLDER", out var folder) && Directory.Exists(folder) ? new HandedSettings(folder) : null;

    /// <summary>Leaves the settings among these variables for the gateway to take.</summary>
    public void Offer(IReadOnlyDictionary<string, string> variables) => Write(Offered, Settings(variables));

    /// <summary>Takes what was offered last, for an environment that has none of it.</summary>
    public void Take(IReadOnlyDictionary<string, string> environment)
    {
        if (File.Exists(Offered))
        {
            Write(Taken, Settings(Read(Offered)).Prepend(new("", Mark(environment))));
            File.Delete(Offered);
        }
    }

    /// <summary>The environment, with the settings in place of its own that were taken while it was the same.</summary>
    public Dictionary<string, string> Over(Dictionary<string, string> environment)
    {
        var taken = File.Exists(Taken) ? Read(Taken) : [];
        if (!taken.TryGetValue("", out var mark) || mark != Mark(environment))
        {
            return environment;
        }

        var kept = environment.Where(pair => !IsSetting(pair.Key));
        return kept.Concat(Settings(taken)).ToDictionary();
    }

    private static bool IsSetting(string name) => SettingCatalog.All.Any(setting => setting.Name == name);

    private static IEnumerable<KeyValuePair<string, string>> Settings(IReadOnlyDictionary<string, string> variables) =>
        variables.Where(pair => IsSetting(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal);

    private static string Mark(IReadOnlyDictionary<string, string> environment) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Format(Settings(environment)))));

    // As the kernel keeps an environment: no value can be taken for another.
    private static string Format(IEnumerable<KeyValuePair<string, string>> variables) => string.Concat(variables.Select(pair => $"{pair.Key}={pair.Value}\0"));

    private static Dictionary<string, string> Read(string file) =>
        File.ReadAllText(file).Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[^1]);

    private static void Write(string file, IEnumerable<KeyValuePair<string, string>> variables) =>
        AtomicFile.Write(file, Encoding.UTF8.GetBytes(Format(variables)));
}
