using Gateway.Core.Configuration;
using Gateway.Engines;

namespace Gateway.Generator;

/// <summary>The two parts of <c>.env.example</c>: which engine, and every other setting of the gateway.</summary>
internal static class EnvExample
{
    public static string Engine()
    {
        var text = new EnvText();
        text.Comment("The engine behind the gateway, and its default BACKEND_BASE_URL:");
        text.Comment("  auto: the first engine found on this host, else the built-in demo");
        foreach (var engine in EngineCatalog.All)
        {
            var where = engine.Demonstration ? "started by the gateway" : engine.Deployment.LocalBaseUrl ?? engine.Deployment.BaseUrl;
            text.Comment($"  {engine.Id}: {engine.DisplayName}, {where}");
        }

        text.Comment("The engine's options, with their defaults, are in deploy/env/<kind>.env.").Blank();
        return text + Settings(OfEngine);
    }

    public static string Others() => Settings(setting => !OfEngine(setting));

    private static bool OfEngine(SettingSpec setting) => setting.Name.StartsWith("BACKEND_", StringComparison.Ordinal) || setting.Name == "MODEL_NAME";

    private static string Settings(Func<SettingSpec, bool> chosen)
    {
        var text = new EnvText();
        foreach (var (index, setting) in SettingCatalog.All.Where(chosen).Index())
        {
            _ = index == 0 ? text : text.Blank();
            text.Comment($"{Sentence.Of(setting.Meaning)} Allowed: {setting.Allowed}.").Offer(setting.Name, setting.Default);
        }

        return text.ToString();
    }
}
