using Gateway.Engines;

namespace Gateway.Generator.Compose;

/// <summary>The engines that have a container: how each is started, which model it takes, what it computes on.</summary>
internal static class ComposeTable
{
    public static string Render() => Markdown.Table(["Engine", "Start", "`MODEL_NAME`", "`GPU`"], ComposeService.All.Select(pair => Row(pair.Engine, pair.Container)));

    private static string[] Row(EngineProfile engine, EngineContainer container) =>
    [
        $"[{engine.DisplayName}]({engine.Docs})",
        $"`make env-{engine.Id} && make up BACKEND={engine.Id}`",
        $"{Markdown.Text(engine.Deployment.ModelName)} Such as {Markdown.Code(engine.Deployment.ModelExample)}.",
        Markdown.Codes(container.Images.Keys.Order().Select(ComposeRegions.Name)),
    ];
}
