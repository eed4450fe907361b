using System.Runtime.InteropServices;

namespace Gateway.Bench.Report;

/// <summary>What the run was made on.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var model = Value("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();
        var memory = Value("/proc/meminfo", "MemTotal")?.Split(' ')[0] is { } kib ? long.Parse(kib, System.Globalization.CultureInfo.InvariantCulture) / 1024 / 1024 : 0;
        return FormattableString.Invariant($"{Environment.ProcessorCount} cores of {model}, {memory} GiB, {RuntimeInformation.OSDescription.Split(" #")[0]}, {RuntimeInformation.FrameworkDescription}");
    }

    /// <summary>How busy it was over the last minute with other things: processes that ran or wanted to, on average.</summary>
    public static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static string? Value(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
