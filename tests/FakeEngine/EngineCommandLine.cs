using System.Globalization;

namespace Gateway.Fakes;

/// <summary>
/// Reads an engine's own command line and environment as the engine would: a flag it does not know stops it, and where to
/// listen, the key and the model are found under the engine's own names.
/// </summary>
internal static class EngineCommandLine
{
    public static (FakeEngineOptions? Options, string? Fault) Read(
        string dialect, IReadOnlyList<string> arguments, Func<string, string?> variable)
    {
        var fixtures = new Fixtures(dialect);
        var flags = new Dictionary<string, string>();
        for (var i = 0; i < arguments.Count; i++)
        {
            if (!arguments[i].StartsWith('-'))
            {
                continue;
            }

            var (flag, value) = Split(arguments[i]);
            if (fixtures.Flags.Count > 0 && !fixtures.Flags.Contains(flag))
            {
                return (null, $"error: unrecognized arguments: {arguments[i]}");
            }

            if (value is null && !fixtures.CommandLine.Switches.Contains(flag) && i + 1 < arguments.Count && !arguments[i + 1].StartsWith('-'))
            {
                value = arguments[++i];
            }

            flags[flag] = value ?? "";
        }

        return Resolve(dialect, fixtures.CommandLine, name => flags.TryGetValue(name, out var given) ? given : variable(name));
    }

    private static (FakeEngineOptions? Options, string? Fault) Resolve(string dialect, CommandLineNames names, Func<string, string?> given)
    {
        var address = First(names.Address, given) ?? "";
        var colon = address.LastIndexOf(':');
        var host = First(names.Host, given) ?? colon switch
        {
            > 0 => address[..colon],
            0 => "0.0.0.0",
            _ => "127.0.0.1",
        };
        var port = First(names.Port, given) ?? (colon >= 0 ? address[(colon + 1)..] : names.DefaultPort.ToString(CultureInfo.InvariantCulture));
        if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return (null, $"error: invalid port: {port}");
        }

        return (new FakeEngineOptions
        {
            Dialect = dialect,
            Host = host is "localhost" ? "127.0.0.1" : host,
            Port = number,
            ApiKey = First(names.ApiKey, given),
            Model = First(names.Model, given),
        }, null);
    }

    private static string? First(IReadOnlyList<string> names, Func<string, string?> given) =>
        names.Select(given).FirstOrDefault(value => !string.IsNullOrEmpty(value));

    private static (string Flag, string? Value) Split(string argument)
    {
        var equals = argument.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (argument, null) : (argument[..equals], argument[(equals + 1)..]);
    }
}
