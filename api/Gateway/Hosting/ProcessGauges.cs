using System.Diagnostics;
using System.Runtime.InteropServices;
using Gateway.Proxy.Health;
using Gateway.Proxy.Telemetry;

namespace Gateway.Hosting;

/// <summary>The process and its runtime, read at each scrape.</summary>
internal static class ProcessGauges
{
    private const string OpenFiles = "/proc/self/fd";

    public static void Add(MetricsRegistry metrics)
    {
        Reading[] build = [new(1, Lifecycle.Version, Lifecycle.Revision, RuntimeInformation.FrameworkDescription)];
        metrics.Gauge("gateway_build_info", "The version of the gateway.", ["version", "revision", "runtime"], () => build);
        using var process = Process.GetCurrentProcess();
        var started = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        metrics.Gauge("process_start_time_seconds", "Start of the process, since the epoch.", () => started);
        metrics.Total(
            "process_cpu_seconds_total", "Processor time of the process.", static () => Environment.CpuUsage.TotalTime.TotalSeconds);
        metrics.Gauge("process_resident_memory_bytes", "Memory of the process.", static () => Environment.WorkingSet);
        if (Directory.Exists(OpenFiles))
        {
            metrics.Gauge("process_open_fds", "Open files and sockets.", static () => Directory.GetFileSystemEntries(OpenFiles).Length);
        }

        AddRuntime(metrics);
    }

    private static void AddRuntime(MetricsRegistry metrics)
    {
        metrics.Gauge(
            "dotnet_gc_heap_size_bytes",
            "Memory of managed objects, including garbage not yet collected.", static () => GC.GetTotalMemory(false));
        metrics.Total(
            "dotnet_gc_allocated_bytes_total", "Memory that was allocated for managed objects.", static () => GC.GetTotalAllocatedBytes());
        metrics.Total(
            "dotnet_gc_pause_seconds_total",
            "Time the process was paused by garbage collection.", static () => GC.GetTotalPauseDuration().TotalSeconds);
        metrics.Total("dotnet_gc_collections_total", "Garbage collections, by generation.", ["generation"], Collections);
        metrics.Gauge("dotnet_thread_pool_threads", "Threads of the pool.", static () => ThreadPool.ThreadCount);
        metrics.Gauge("dotnet_thread_pool_queue_length", "Work items waiting for a thread.", static () => ThreadPool.PendingWorkItemCount);
        metrics.Total(
            "dotnet_monitor_lock_contentions_total", "Times that a thread waited for a lock.", static () => Monitor.LockContentionCount);
    }

    private static Reading[] Collections() =>
        [new(GC.CollectionCount(0), "0"), new(GC.CollectionCount(1), "1"), new(GC.CollectionCount(2), "2")];
}
