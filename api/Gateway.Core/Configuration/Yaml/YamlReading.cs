namespace Gateway.Core.Configuration;

/// <summary>One reading of a file: what it may refer to, what holds where it says nothing, and what is wrong with it.</summary>
/// <param name="variables">The environment.</param>
/// <param name="defaults">The settings of the environment alone.</param>
/// <param name="faults">Gets what is wrong.</param>
public sealed class YamlReading(IReadOnlyDictionary<string, string> variables, GatewaySettings defaults, List<YamlFault> faults)
{
    private const int Longest = 80;

    public GatewaySettings Defaults => defaults;

    public bool InContainer => variables.TryGetValue("DOTNET_RUNNING_IN_CONTAINER", out var value) && value == "true";

    public IReadOnlyList<YamlFault> Faults => faults;

    public void Fault(YamlPlace place, string path, string message) => faults.Add(new YamlFault(place, path, message));

    /// <summary>The text of a value with its references replaced; null when one of them leads nowhere.</summary>
    public string? Expand(YamlScalar scalar, string path)
    {
        var (text, fault) = EnvironmentReferences.Expand(scalar.Text, variables);
        if (fault is not null)
        {
            Fault(scalar.Place, path, fault);
        }

        return text;
    }

    /// <summary>A value as a message may show it: as it stands in the file, where a reference stays one, and not longer than a line.</summary>
    public static string Shown(string text)
    {
        var plain = SettingParsers.WithoutSecrets(new string([.. text.Select(sign => char.IsControl(sign) ? ' ' : sign)]));
        return plain.Length > Longest ? plain[..Longest] + "…" : plain;
    }

    public static string Member(string path, string name) =>
        name.Length > 0 && name.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '_' or '-')
            ? path.Length == 0 ? name : $"{path}.{name}"
            : $"{path}[\"{Shown(name)}\"]";

    public static string Item(string path, int index) => FormattableString.Invariant($"{path}[{index}]");
}
