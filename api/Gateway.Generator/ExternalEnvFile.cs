using Gateway.Engines;

namespace Gateway.Generator;

/// <summary><c>deploy/env/external.env</c>: the gateway alone, in front of something that already runs.</summary>
internal static class ExternalEnvFile
{
    public static string Render()
    {
        var text = new EnvText();
        text.Comment("The gateway only, in front of an engine that already runs: on this host, on another host, or as a service.");
        text.Comment("Generated from the engine table by `make generate`. Copy it to .env and edit the copy.");
        text.Blank().Comment("Choose one pair. Any engine of docs/engines.md works the same way: its kind and its URL.");
        foreach (var (index, engine) in EngineCatalog.All.Where(engine => engine.Deployment.Container is null && !engine.Demonstration).Index())
        {
            text.Blank().Comment($"{engine.DisplayName}: {engine.Summary}{EngineEnvFile.OutsideContainers(engine.Deployment)}");
            _ = index == 0
                ? text.Set("BACKEND_KIND", engine.Id).Set("BACKEND_BASE_URL", engine.Deployment.BaseUrl)
                : text.Offer("BACKEND_KIND", engine.Id).Offer("BACKEND_BASE_URL", engine.Deployment.BaseUrl);
        }

        text.Blank().Comment("The engine's key, if it needs one. Clients never see it.").Offer("BACKEND_API_KEY", "");
        text.Blank().Comment("The model used when a request names none.").Offer("MODEL_NAME", "");
        EngineEnvFile.ClientKeys(text);
        return text.ToString();
    }
}
