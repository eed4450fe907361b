using System.Text;
using Gateway.Core.Configuration;

namespace Gateway.Tests.Configuration.Yaml;

/// <summary>Reads files as the program does, from text.</summary>
internal static class YamlFiles
{
    public const string Backend = "{name: big, kind: openai, url: \"http://big:8001/v1\"}";

    public static GatewayFileResult Read(string text, params (string Name, string Value)[] variables) => Read(Encoding.UTF8.GetBytes(text), variables);

    public static GatewayFileResult Read(byte[] bytes, params (string Name, string Value)[] variables) =>
        GatewayFile.Read(bytes, "gateway.yaml", variables.ToDictionary(), SettingRows.Good([.. variables.Where(variable => SettingCatalog.All.Any(spec => spec.Name == variable.Name))]));

    public static GatewaySettings Good(string text, params (string Name, string Value)[] variables)
    {
        var result = Read(text, variables);
        return result.Faults.Count == 0 ? result.Settings : throw new InvalidOperationException(string.Join('\n', result.Faults));
    }

    /// <summary>The one backend of a file, with these lines beside its name and kind.</summary>
    public static BackendSettings BackendWith(string lines, params (string Name, string Value)[] variables) =>
        Good($"backends:\n  - name: big\n    kind: openai\n    {lines.ReplaceLineEndings("\n    ")}\n", variables).Backends[0];
}
