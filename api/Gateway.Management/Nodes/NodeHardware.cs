using Gateway.Engines;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Nodes;

/// <summary>What a node computes on, told by its settings, else by what its Docker Engine knows of runtimes and devices.</summary>
internal static class NodeHardware
{
    /// <summary>By the names of container runtimes and of devices (CDI), the most wanted first.</summary>
    private static readonly (Accelerator Accelerator, string Runtime, string Device)[] Signs =
    [
        (Accelerator.Nvidia, "nvidia", "nvidia.com/"),
        (Accelerator.Amd, "amd", "amd.com/"),
        (Accelerator.Intel, "intel", "intel.com/"),
    ];

    /// <param name="report">What the node's Docker Engine says.</param>
    /// <param name="fixedOne">What the settings say; null: nothing.</param>
    public static Accelerator Of(NodeReport report, Accelerator? fixedOne) => fixedOne ?? Signs
        .Where(sign => report.Runtimes.Contains(sign.Runtime) || report.Devices.Any(device => device.StartsWith(sign.Device, StringComparison.Ordinal)))
        .Select(sign => (Accelerator?)sign.Accelerator).FirstOrDefault() ?? Accelerator.Cpu;

    /// <summary>Keys of a choice's capabilities that fit, the best first.</summary>
    public static IReadOnlyList<string> Capabilities(Accelerator accelerator) => accelerator switch
    {
        Accelerator.Nvidia => ["nvidia", "nvidia-cuda-13", "nvidia-cuda-12", "default", "cpu"],
        Accelerator.Amd => ["amd", "vulkan", "default", "cpu"],
        Accelerator.Intel => ["intel", "vulkan", "default", "cpu"],
        Accelerator.Cpu => ["cpu", "default"],
        _ => ["default", "cpu"],
    };
}
