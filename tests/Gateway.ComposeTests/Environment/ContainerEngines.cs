using Gateway.Engines;
using Gateway.Generator.Compose;
using Xunit;

namespace Gateway.ComposeTests;

/// <summary>The engines that have a container.</summary>
internal static class ContainerEngines
{
    public static TheoryData<string> Ids => [.. ComposeService.All.Select(pair => pair.Engine.Id)];

    public static TheoryData<string, string> IdsAndGpus
    {
        get
        {
            var rows = new TheoryData<string, string>();
            foreach (var (engine, container) in ComposeService.All)
            {
                foreach (var accelerator in container.Images.Keys.Order())
                {
                    rows.Add(engine.Id, ComposeRegions.Name(accelerator));
                }
            }

            return rows;
        }
    }

    public static EngineContainer Container(string id) => EngineCatalog.Find(id)!.Deployment.Container!;

    public static Accelerator Gpu(string name) => Enum.Parse<Accelerator>(name, ignoreCase: true);

    /// <summary>What makes an engine start on a machine without a GPU, also one whose images all want one.</summary>
    public static Dictionary<string, string> OnCpu(string id)
    {
        var variables = new Dictionary<string, string> { ["GPU"] = ComposeRegions.Name(Accelerator.Cpu) };
        if (EngineCatalog.Find(id)?.Deployment.Container is { } container && !container.Images.ContainsKey(Accelerator.Cpu))
        {
            variables[ComposeService.ImageVariable(EngineCatalog.Find(id)!)] = container.Images.OrderBy(image => image.Key).First().Value;
        }

        return variables;
    }
}
