using System.Diagnostics;
using Gateway.Engines;

namespace Gateway.Generator;

/// <summary>What runs an engine and what an operator can set.</summary>
internal static class EngineDeploymentFacts
{
    public static IEnumerable<string> Images(Deployment deployment) =>
        deployment.Container is null
            ? []
            : deployment.Container.Images.OrderBy(image => image.Key).Select(image => $"{Name(image.Key)}: {Markdown.Code(image.Value)}");

    public static string Options(Deployment deployment) => Markdown.Table(
        ["Variable", "Default", "Meaning", "Takes", "Given to the engine as"],
        deployment.Options.Select(string[] (option) =>
        [
            Markdown.Code(option.Variable),
            option.Default is null ? "the engine's" : Markdown.Code(option.Default),
            Markdown.Text(option.Meaning),
            option.Allowed is not null ? Markdown.Codes(option.Allowed) : option.Kind == OptionKind.Switch ? Markdown.Codes(["1", "0"]) : "",
            Markdown.Code(option.Flag),
        ]));

    private static string Name(Accelerator accelerator) => accelerator switch
    {
        Accelerator.Nvidia => "NVIDIA",
        Accelerator.Amd => "AMD",
        Accelerator.Intel => "Intel",
        Accelerator.Cpu => "CPU",
        _ => throw new UnreachableException(),
    };
}
