using Gateway.Engines;

namespace Gateway.Generator.Compose;

/// <summary>The engines that have a container: how each is started, which model it takes, what it computes on.</summary>
internal static class ComposeTable
{
    public static string Render() => Markdown.Table(["Engine", "Start", "`MODEL_NAME`", "`GPU`"], ComposeService.All.Select(pair => Row(pair.Engine, pair.Container)));

    /// <summary>The same without the accelerators, for those who only want to begin.</summary>
    public static string Short() => Markdown.Table(["Engine", "Start", "`MODEL_NAME`"], ComposeService.All.Select(pair => Row(pair.Engine, pair.Container)[..^1]));

    private static string[] Row(EngineProfile engine, EngineContainer container) =>
    [
        $"[{engine.DisplayName}]({engine.Docs})",
        $"`make env-{engine.Id} && make up BACKEND={engine.Id}`",
        $"{Markdown.Text(engine.Deployment.ModelName)} Such as {Markdown.Code(engine.Deployment.ModelExample)}.",
        Markdown.Codes(container.Images.Keys.Order().Select(ComposeRegions.Name)),
    ];
}
