using Gateway.Core.Configuration;
using Gateway.Hosting;
using Gateway.Reload;

namespace Gateway.Commands;

/// <summary>
/// <c>gateway reload</c>: checks the settings of its own environment and leaves them for the gateway in the container next to it,
/// which takes them at its next SIGHUP.
/// </summary>
internal static class ReloadCommand
{
    public const int WrongUsage = 64;

    public static async Task<int> RunAsync(IReadOnlyDictionary<string, string> variables, TextWriter errors)
    {
        var (settings, faults) = SettingsReader.Read(variables);
        if (settings is null)
        {
            foreach (var fault in faults)
            {
                await errors.WriteLineAsync(fault);
            }

            return StartupException.ExitCode;
        }

        if (HandedSettings.Of(variables) is not { } handed)
        {
            await errors.WriteLineAsync("gateway reload is for containers: SETTINGS_FOLDER is not a folder. Outside containers, edit .env and send the gateway a SIGHUP.");
            return WrongUsage;
        }

        handed.Offer(variables);
        return 0;
    }
}
