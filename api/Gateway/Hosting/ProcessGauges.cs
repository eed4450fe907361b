using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.InteropServices;
using Gateway.Proxy.Health;

namespace Gateway.Hosting;

/// <summary>The process and its runtime, read when somebody scrapes.</summary>
internal static class ProcessGauges
{
    private const string OpenFiles = "/proc/self/fd";

    public static void Add(Meter meter)
    {
        var build = new Measurement<long>(1, new("version", Lifecycle.Version), new("revision", Lifecycle.Revision), new("runtime", RuntimeInformation.FrameworkDescription));
        meter.CreateObservableGauge("gateway.build_info", () => build, null, "The version that runs.");
        using var process = Process.GetCurrentProcess();
        var started = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        meter.CreateObservableGauge("process.start_time", () => started, "s", "Start of the process, since the epoch.");
        meter.CreateObservableCounter("process.cpu", () => Environment.CpuUsage.TotalTime.TotalSeconds, "s", "Processor time of the process.");
        meter.CreateObservableGauge("process.resident_memory", () => Environment.WorkingSet, "By", "Memory of the process.");
        if (Directory.Exists(OpenFiles))
        {
            meter.CreateObservableGauge("process.open_fds", () => (long)Directory.GetFileSystemEntries(OpenFiles).Length, null, "Open files and sockets.");
        }

        AddRuntime(meter);
    }

    private static void AddRuntime(Meter meter)
    {
        meter.CreateObservableGauge("dotnet.gc.heap_size", () => GC.GetTotalMemory(false), "By", "Memory that managed objects take, with what is not collected yet.");
        meter.CreateObservableCounter("dotnet.gc.allocated", static () => GC.GetTotalAllocatedBytes(), "By", "Memory that was allocated for managed objects.");
        meter.CreateObservableCounter("dotnet.gc.pause", static () => GC.GetTotalPauseDuration().TotalSeconds, "s", "Time that collections stopped the process.");
        meter.CreateObservableCounter("dotnet.gc.collections", Collections, null, "Garbage collections, by generation.");
        meter.CreateObservableGauge("dotnet.thread_pool.threads", static () => (long)ThreadPool.ThreadCount, null, "Threads of the pool.");
        meter.CreateObservableGauge("dotnet.thread_pool.queue_length", static () => ThreadPool.PendingWorkItemCount, null, "Work that waits for a thread.");
        meter.CreateObservableCounter("dotnet.monitor.lock_contentions", static () => Monitor.LockContentionCount, null, "Times that a thread waited for a lock.");
    }

    private static Measurement<long>[] Collections() =>
    [
        new(GC.CollectionCount(0), new KeyValuePair<string, object?>("generation", "0")),
        new(GC.CollectionCount(1), new KeyValuePair<string, object?>("generation", "1")),
        new(GC.CollectionCount(2), new KeyValuePair<string, object?>("generation", "2")),
    ];
}
