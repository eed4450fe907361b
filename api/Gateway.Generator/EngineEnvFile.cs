using Gateway.Engines;
using Gateway.Generator.Compose;

namespace Gateway.Generator;

/// <summary><c>deploy/env/&lt;kind&gt;.env</c>: everything an operator sets to run one engine.</summary>
internal static class EngineEnvFile
{
    public static string Render(EngineProfile engine)
    {
        var where = engine.Deployment.Container is null ? "Where it answers." : "Its URL: its name and port in the container network.";
        var text = new EnvText();
        text.Comment($"{engine.DisplayName}: {engine.Summary}");
        text.Comment($"Generated from the engine's profile by `make generate`. Copy it to .env and edit the copy. {engine.Docs}");
        text.Blank().Comment("The engine behind the gateway.").Set("BACKEND_KIND", engine.Id);
        text.Blank().Comment($"{where}{OutsideContainers(engine.Deployment)}");
        // Where an engine has its place beside the gateway, the kind alone says which URL it is.
        _ = engine.Deployment.Container is null ? text.Set("BACKEND_BASE_URL", engine.Deployment.BaseUrl) : text.Offer("BACKEND_BASE_URL", engine.Deployment.BaseUrl);
        Key(text, engine.Auth);
        Model(text, engine.Deployment);
        ClientKeys(text);
        Container(text, engine);
        foreach (var option in engine.Deployment.Options)
        {
            Option(text.Blank(), option);
        }

        return text.ToString();
    }

    public static void Key(EnvText text, UpstreamAuth auth)
    {
        if (auth.Header is not null)
        {
            var given = auth.EngineSetting is null ? "" : $" The engine receives it through {auth.EngineSetting}.";
            text.Blank().Comment($"The engine's key, sent as `{auth.Header}: {auth.Prefix}…`. Clients never see it.{given}").Offer("BACKEND_API_KEY", "");
        }
    }

    /// <summary>An engine in a container has to be started with a model; any other only has a default one.</summary>
    public static void Model(EnvText text, Deployment deployment)
    {
        text.Blank().Comment(deployment.ModelName);
        _ = deployment.Container is null ? text.Offer("MODEL_NAME", deployment.ModelExample) : text.Set("MODEL_NAME", deployment.ModelExample);
    }

    public static void ClientKeys(EnvText text) =>
        text.Blank().Comment("Client keys, each `key` or `name:key`. Required when the gateway listens on more than this host.").Offer("API_KEYS", "");

    private static void Container(EnvText text, EngineProfile engine)
    {
        if (engine.Deployment.Container is { } container)
        {
            var offered = container.Images.Keys.Order().Select(ComposeRegions.Name).ToArray();
            text.Blank().Comment($"Hardware for the container. One of: {string.Join(", ", offered)}.").Offer("GPU", offered[0]);
            text.Blank().Comment("An image to use instead of the pinned one. Other versions may have other options.").Offer(ComposeService.ImageVariable(engine), container.Images.OrderBy(image => image.Key).First().Value);
        }
    }

    /// <summary>What the URL is where no container network resolves names; empty where it is the same.</summary>
    public static string OutsideContainers(Deployment deployment) =>
        deployment.LocalBaseUrl is null || deployment.LocalBaseUrl == deployment.BaseUrl
            ? ""
            : $" For a gateway that runs outside containers, on the same host: {deployment.LocalBaseUrl}";

    private static void Option(EnvText text, EngineOption option)
    {
        var allowed = option.Allowed is null ? "" : $" One of: {string.Join(", ", option.Allowed)}.";
        var kind = option.Kind == OptionKind.Switch ? " 1 turns it on; leave it empty for off." : "";
        text.Comment($"{option.Meaning}{allowed}{kind} ({option.Flag})");
        _ = option.Default is null ? text.Offer(option.Variable, "") : text.Set(option.Variable, option.Default);
    }
}
