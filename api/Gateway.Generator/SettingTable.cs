using Gateway.Core.Configuration;

namespace Gateway.Generator;

/// <summary>The table of the gateway's own settings.</summary>
internal static class SettingTable
{
    public static string Render() => Markdown.Table(
        ["Variable", "Default", "Meaning", "Allowed", "Restart"],
        SettingCatalog.All.Select(string[] (setting) =>
        [
            Markdown.Code(setting.Name),
            setting.Default.Length == 0 ? "" : Markdown.Code(setting.Default),
            Markdown.Text(setting.Meaning),
            Markdown.Text(setting.Allowed),
            RestartOf(setting),
        ]));

    private static string RestartOf(SettingSpec setting) =>
        setting.Restart == Restart.Always ? "yes" : setting.Restart == Restart.First ? "for the first one" : "";
}
