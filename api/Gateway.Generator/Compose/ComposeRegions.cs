using Gateway.Core.Configuration;
using Gateway.Engines;

namespace Gateway.Generator.Compose;

/// <summary>What <c>docker-compose.yml</c> and <c>compose/gpu/</c> know of engines and settings.</summary>
internal static class ComposeRegions
{
    /// <summary>What is fixed inside the container; how it is seen from outside is the business of <c>ports</c>.</summary>
    private static readonly Dictionary<string, string> Fixed = new()
    {
        ["GATEWAY_HOST"] = "0.0.0.0",
        ["GATEWAY_PORT"] = "8000",
        ["GATEWAY_METRICS_PORT"] = "9464",
        ["GATEWAY_METRICS_HOST"] = "gateway-metrics",
    };

    public static string Include()
    {
        var yaml = new YamlText(0);
        yaml.Line("include:");
        foreach (var (engine, _) in ComposeService.All)
        {
            yaml.Line($"  - path: compose/{engine.Id}.yml").Line("    project_directory: .").Line("    env_file: compose/gpu/${GPU:-nvidia}.env");
        }

        return yaml.ToString();
    }

    /// <summary>The gateway's settings, handed on from <c>.env</c> or the shell; what is not set is left out.</summary>
    public static string Settings()
    {
        var yaml = new YamlText(3);
        foreach (var setting in SettingCatalog.All)
        {
            _ = Fixed.TryGetValue(setting.Name, out var value) ? yaml.Value(setting.Name, value) : yaml.Line($"{setting.Name}:");
        }

        return yaml.ToString();
    }

    /// <summary>Compose stops a service before those it depends on: the gateway drains while its engine still runs.</summary>
    public static string DependsOn()
    {
        var yaml = new YamlText(3);
        foreach (var (engine, _) in ComposeService.All)
        {
            yaml.Line($"{engine.Id}: {{condition: service_started, required: false}}");
        }

        return yaml.ToString();
    }

    /// <summary><c>compose/gpu/&lt;gpu&gt;.env</c>: the images for one accelerator.</summary>
    public static string Images(Accelerator accelerator)
    {
        var text = new EnvText();
        text.Comment($"The engines' images for GPU={Name(accelerator)}. Generated from the profiles by `make generate`; a line with the same name in .env overrides it.");
        foreach (var (engine, container) in ComposeService.All)
        {
            _ = container.Images.TryGetValue(accelerator, out var image)
                ? text.Set(ComposeService.ImageVariable(engine), image)
                : text.Comment($"{engine.DisplayName} has no image for it.");
        }

        return text.ToString();
    }

    public static string Name(Accelerator accelerator) => accelerator.ToString().ToLowerInvariant();
}
