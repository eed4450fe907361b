using System.Text;
using Gateway.Engines;

namespace Gateway.Generator.Compose;

/// <summary>
/// An engine's command line as compose takes it. It is one text that compose splits like a shell: only there can an option
/// that is not set vanish without a trace. Values stand in single quotes, so that nothing in them is split or expanded.
/// </summary>
internal static class ComposeArguments
{
    /// <summary>One line per argument or option.</summary>
    public static IEnumerable<string> Lines(EngineProfile engine, EngineContainer container)
    {
        foreach (var argument in container.Command)
        {
            yield return Quote(argument);
        }

        foreach (var option in engine.Deployment.Options.Where(IsFlag))
        {
            yield return Flag(option);
        }

        if (KeySetting(engine) is { } setting && setting.StartsWith('-'))
        {
            yield return OnlyIfSet("BACKEND_API_KEY", setting);
        }
    }

    public static bool IsFlag(EngineOption option) => option.Flag.StartsWith('-');

    /// <summary>The flag or variable by which the engine takes its key; null where it is told in some other way.</summary>
    public static string? KeySetting(EngineProfile engine) =>
        engine.Auth.EngineSetting is { } setting && !setting.Contains(' ', StringComparison.Ordinal) ? setting : null;

    /// <summary>Names of variables stay open for compose, empty where they are not set; every other dollar sign is itself.</summary>
    public static string Open(string text)
    {
        var result = new StringBuilder();
        for (var at = 0; at < text.Length; at++)
        {
            var end = text.AsSpan(at).StartsWith("${") ? text.IndexOf('}', at) : -1;
            if (end > 0)
            {
                result.Append(text, at, end - at).Append(":-}");
                at = end;
            }
            else
            {
                result.Append(text[at] == '$' ? "$$" : text[at].ToString());
            }
        }

        return result.ToString();
    }

    private static string Flag(EngineOption option) =>
        option.Kind == OptionKind.Switch ? $"${{{option.Variable}:+{option.Flag}}}"
        : option.Default is null ? OnlyIfSet(option.Variable, option.Flag)
        : $"{option.Flag} '${{{option.Variable}:-{Open(option.Default)}}}'";

    // The inner default spares compose's warning about a variable that is not set.
    private static string OnlyIfSet(string variable, string flag) => $"${{{variable}:+{flag} '${{{variable}:-}}'}}";

    private static string Quote(string argument) =>
        argument.Contains('\'', StringComparison.Ordinal)
            ? throw new InvalidDataException($"The argument {argument} has an apostrophe, which a compose command cannot contain.")
            : argument.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_' or '.' or '/' or ':' or '=') ? argument : $"'{Open(argument)}'";
}
