using System.Globalization;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Hosting;

namespace Gateway.Commands;

/// <summary><c>gateway check-config [file]</c>: says what is wrong with the settings, or what they come to. Starts nothing.</summary>
internal static class CheckConfigCommand
{
    public const int Right = 0;
    public const int WrongUsage = 64;

    /// <param name="args">What follows the command's name.</param>
    /// <param name="variables">The settings beside the file, and what it may refer to.</param>
    /// <param name="output">Gets what the settings come to.</param>
    /// <param name="errors">Gets what is wrong.</param>
    /// <param name="notes">What was noticed while the variables were read.</param>
    public static int Run(string[] args, IReadOnlyDictionary<string, string> variables, TextWriter output, TextWriter errors, IReadOnlyList<string>? notes = null)
    {
        if (args.Length > 1 || args.Any(argument => argument.StartsWith('-')))
        {
            errors.WriteLine("usage: gateway check-config [file]");
            return WrongUsage;
        }

        var (settings, faults) = SettingsReader.Read(args is [var file] ? new Dictionary<string, string>(variables) { ["GATEWAY_CONFIG"] = file } : variables);
        if (settings is null)
        {
            foreach (var fault in faults)
            {
                errors.WriteLine(fault);
            }

            return StartupException.ExitCode;
        }

        var inContainer = SettingsReader.InContainer(variables);
        var places = settings.Backends.SelectMany(backend => backend.Replicas).Select(replica => ContainerNames.Note(replica.Url, inContainer)).OfType<string>().Distinct();
        foreach (var line in Summary(settings).Concat(places.Concat(notes ?? []).Select(note => $"note: {note}")))
        {
            output.WriteLine(line);
        }

        return Right;
    }

    private static IEnumerable<string> Summary(GatewaySettings settings)
    {
        yield return $"{settings.File ?? "The environment"} is valid.";
        foreach (var backend in settings.Backends)
        {
            var profile = EngineCatalog.Find(backend.Kind);
            var where = backend.Replicas.Count > 0 ? string.Join(", ", backend.Replicas.Select(replica => replica.Url)) : "its default URL";
            yield return $"backend {backend.Name}: {(profile is null ? "detected at start" : profile.Demonstration ? profile.DisplayName : $"{profile.DisplayName} at {where}")}";
        }

        foreach (var (model, targets) in settings.Fallbacks)
        {
            yield return $"fallback for {model}: {string.Join(", then ", targets.Select(target => target.Model is null ? target.Backend : $"{target.Model} at {target.Backend}"))}";
        }

        yield return string.Create(CultureInfo.InvariantCulture, $"model names: {settings.ModelAliases.Count + settings.Backends.Sum(backend => backend.Models.Count)}");
        yield return string.Create(CultureInfo.InvariantCulture, $"client keys: {settings.ApiKeys.Count}");
        foreach (var warning in settings.Warnings)
        {
            yield return $"note: {warning}";
        }
    }
}
