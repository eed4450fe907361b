using System.Globalization;
using Gateway.Core.Configuration;
using Gateway.Hosting;
using Gateway.Reload;

namespace Gateway.Commands.Doctor;

/// <summary>
/// <c>gateway doctor</c>: looks at everything that requests depend on, from the settings to the engine's models, and says what is
/// wrong and what to do. It changes nothing and sends no prompt.
/// </summary>
internal static class DoctorCommand
{
    public const int Well = 0;
    public const int Unwell = 1;
    public const int WrongUsage = 64;

    /// <summary>Reads the settings too. What is wrong with <c>.env</c> is a finding, not the end.</summary>
    public static async Task<int> RunAsync(string[] args, string folder, TextWriter output, TextWriter errors)
    {
        try
        {
            return await RunAsync(args, EnvironmentSource.AtStart(folder), output, errors, EnvironmentSource.Warnings(Path.Combine(folder, EnvironmentSource.FileName)));
        }
        catch (StartupException e)
        {
            foreach (var fault in e.Faults)
            {
                await output.WriteLineAsync(Line(Finding.Fail("settings", fault, "Fix that line; docs/configuration.md explains how the file is read.")));
            }

            return Unwell;
        }
    }

    /// <param name="args">What follows the command's name.</param>
    /// <param name="variables">The settings.</param>
    /// <param name="output">Gets a line for each finding, its remedy below it.</param>
    /// <param name="errors">Gets the usage.</param>
    /// <param name="notes">What was noticed while the settings were read.</param>
    public static async Task<int> RunAsync(string[] args, IReadOnlyDictionary<string, string> variables, TextWriter output, TextWriter errors, IReadOnlyList<string>? notes = null)
    {
        if (args.Length > 0)
        {
            await errors.WriteLineAsync("usage: gateway doctor");
            return WrongUsage;
        }

        var unwell = false;
        foreach (var note in notes ?? [])
        {
            await output.WriteLineAsync(Line(Finding.Warn("settings", note, "docs/configuration.md explains how the file is read.")));
        }

        await foreach (var finding in LookAsync(variables))
        {
            unwell |= finding.Severity == Severity.Fail;
            await output.WriteLineAsync(Line(finding));
        }

        return unwell ? Unwell : Well;
    }

    private static async IAsyncEnumerable<Finding> LookAsync(IReadOnlyDictionary<string, string> variables)
    {
        var (settings, faults) = SettingsReader.Read(variables);
        if (settings is null)
        {
            foreach (var fault in faults)
            {
                yield return Finding.Fail("settings", fault, "Fix it; see docs/configuration.md.");
            }

            yield break;
        }

        foreach (var finding in SettingFindings(settings, variables))
        {
            yield return finding;
        }

        yield return await AddressCheck.LookAsync(settings);
        foreach (var backend in settings.Backends)
        {
            await foreach (var finding in EngineCheck.LookAsync(settings, backend, SettingsReader.InContainer(variables)))
            {
                yield return finding;
            }
        }
    }

    private static IEnumerable<Finding> SettingFindings(GatewaySettings settings, IReadOnlyDictionary<string, string> variables)
    {
        var set = SettingCatalog.All.Count(spec => variables.TryGetValue(spec.Name, out var value) && value.Length > 0);
        yield return Finding.Ok("settings", string.Create(CultureInfo.InvariantCulture, $"Settings OK: {set} set{(settings.File is { } file ? $", and {file} is used" : "")}."));
        foreach (var name in GatewayApp.UnknownNames(variables))
        {
            yield return Finding.Warn("settings", $"{name} is not a setting of this version and has no effect.", "docs/configuration.md lists all settings.");
        }

        foreach (var warning in settings.Warnings)
        {
            yield return Finding.Warn("settings", warning, "Remove it, or leave it if it is harmless.");
        }

        yield return Keys(settings);
    }

    private static Finding Keys(GatewaySettings settings)
    {
        if (settings.ApiKeys.Count > 0)
        {
            return Finding.Ok("keys", string.Create(CultureInfo.InvariantCulture, $"{settings.ApiKeys.Count} for clients; requests without one get a 401."));
        }

        return settings.CorsOrigins.Count > 0
            ? Finding.Warn("keys", "There are none, and web pages in browsers on this host may call the gateway.", "Set API_KEYS, or clear GATEWAY_CORS_ORIGINS.")
            : Finding.Ok("keys", "None needed: only this host can connect.");
    }

    private static string Line(Finding finding)
    {
        var line = $"{finding.Severity.ToString().ToLowerInvariant(),-4}  {finding.Subject}: {finding.Text}";
        return finding.Remedy is null ? line : $"{line}\n      {finding.Remedy}";
    }
}
