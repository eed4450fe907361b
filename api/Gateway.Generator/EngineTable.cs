using Gateway.Engines;

namespace Gateway.Generator;

/// <summary>The table of engines: how each is named, found, asked for its health and given a key.</summary>
internal static class EngineTable
{
    public static string Render() => Markdown.Table(
        ["Engine", "`BACKEND_KIND`", "Default `BACKEND_BASE_URL`", "Health", "Key"],
        EngineCatalog.All.Select(Row));

    private static string[] Row(EngineProfile engine) =>
    [
        engine.Demonstration ? engine.DisplayName : $"[{engine.DisplayName}]({engine.Docs})",
        Markdown.Code(engine.Id),
        engine.Demonstration ? "started by the gateway" : Markdown.Code(engine.Deployment.LocalBaseUrl ?? engine.Deployment.BaseUrl),
        Markdown.Code($"GET {engine.Health.Path}"),
        Key(engine.Auth),
    ];

    public static string Key(UpstreamAuth auth) => auth.Header is null ? "none" : Markdown.Code($"{auth.Header}: {auth.Prefix}…");
}
