using System.Text;
using Gateway.Engines;

namespace Gateway.Management.Lifecycle;

/// <summary>An engine's command line and environment for one request, from the same facts as its compose file.</summary>
internal static class EngineArguments
{
    private const string ModelVariable = "MODEL_NAME";

    public static IList<string> Command(EngineProfile engine, EngineContainer container, EngineRequest request, string? apiKey)
    {
        var arguments = container.Command.Select(argument => Expand(argument, request)).ToList();
        foreach (var option in engine.Deployment.Options.Where(IsFlag))
        {
            var value = Value(option, request);
            if (option.Kind == OptionKind.Switch && value is "1" or "true")
            {
                arguments.Add(option.Flag);
            }
            else if (option.Kind == OptionKind.Value && value.Length > 0)
            {
                arguments.AddRange([option.Flag, value]);
            }
        }

        if (apiKey is not null && KeySetting(engine) is { } setting && setting.StartsWith('-'))
        {
            arguments.AddRange([setting, apiKey]);
        }

        return arguments;
    }

    public static IList<string> Environment(EngineProfile engine, EngineContainer container, EngineRequest request, string? apiKey)
    {
        var variables = container.Environment.ToDictionary(pair => pair.Key, pair => Expand(pair.Value, request));
        foreach (var option in engine.Deployment.Options.Where(option => !IsFlag(option)))
        {
            // To many engines an empty value is a value: what is not set must not be there.
            if (Value(option, request) is { Length: > 0 } value)
            {
                variables[option.Flag] = value;
            }
        }

        if (apiKey is not null && KeySetting(engine) is { } setting && !setting.StartsWith('-'))
        {
            variables[setting] = apiKey;
        }

        return [.. variables.Select(pair => $"{pair.Key}={pair.Value}")];
    }

    /// <summary>The flag or variable by which the engine takes its key; null where there is none.</summary>
    public static string? KeySetting(EngineProfile engine) =>
        engine.Auth.EngineSetting is { } setting && !setting.Contains(' ', StringComparison.Ordinal) ? setting : null;

    /// <summary>The engine is told its model by an argument, so that it cannot start without one.</summary>
    public static bool NeedsModel(EngineContainer container) =>
        container.Command.Any(argument => argument.Contains($"${{{ModelVariable}}}", StringComparison.Ordinal));

    /// <summary>The folder whose file the model is, where an argument names it by its path: nothing can fetch it for the engine.</summary>
    public static EngineVolume? ModelFolder(EngineContainer container) =>
        container.Volumes.FirstOrDefault(volume => volume.ReadOnly && container.Command.Contains($"{volume.ContainerPath}/${{{ModelVariable}}}"));

    private static bool IsFlag(EngineOption option) => option.Flag.StartsWith('-');

    private static string Value(EngineOption option, EngineRequest request) =>
        request.Options.TryGetValue(option.Variable, out var given) && given.Length > 0 ? given : Expand(option.Default ?? "", request);

    // As compose does it: a variable that is not set is empty.
    private static string Expand(string text, EngineRequest request)
    {
        var result = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            var end = text.AsSpan(at).StartsWith("${") ? text.IndexOf('}', at) : -1;
            if (end < 0)
            {
                result.Append(text[at]);
                continue;
            }

            var name = text[(at + 2)..end];
            result.Append(name == ModelVariable ? request.Model : request.Options.GetValueOrDefault(name));
            at = end;
        }

        return result.ToString();
    }
}
