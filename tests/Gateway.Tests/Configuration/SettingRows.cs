using Gateway.Core.Configuration;

namespace Gateway.Tests.Configuration;

/// <summary>Reads settings from a few variables, as the program does from the environment.</summary>
internal static class SettingRows
{
    public static (GatewaySettings? Settings, IReadOnlyList<string> Faults) Read(params (string Name, string Value)[] variables) =>
        SettingsReader.Read(variables.ToDictionary());

    public static GatewaySettings Good(params (string Name, string Value)[] variables)
    {
        var (settings, faults) = Read(variables);
        return settings ?? throw new InvalidOperationException(string.Join('\n', faults));
    }

    public static SettingSpec Spec(string name) => SettingCatalog.All.Single(spec => spec.Name == name);
}
