using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Gateway.Bench.Contenders;

/// <summary>A running contender: its processor time to the nanosecond, and its memory.</summary>
internal sealed partial class ContenderProcess : IDisposable
{
    /// <summary>A variable of the load generator alone, which no contender inherits.</summary>
    public const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private int[] _family = [];

    private ContenderProcess(Process process) => _process = process;

    /// <summary>Time from the start of the process to its first answer.</summary>
    public TimeSpan FirstAnswer { get; private set; }

    /// <summary>Processor time so far, of the program and its workers.</summary>
    public TimeSpan CpuTime => TimeSpan.FromMicroseconds(_family.Sum(CpuMicroseconds));

    /// <summary>Resident memory in bytes, of the program and its workers.</summary>
    public long Resident => _family.Sum(ResidentBytes);

    /// <summary>Starts a program and waits for its first answer. What it writes goes to a file.</summary>
    public static ContenderProcess Start(Contender contender, byte[] probe, string log)
    {
        // The shell gives way to the program, so that only the redirection is its own.
        var start = new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", "exec \"$@\" > \"$0\" 2>&1", log } };
        foreach (var part in contender.Command)
        {
            start.ArgumentList.Add(part);
        }

        start.Environment.Remove(InlineCompletions);
        foreach (var (name, value) in contender.Variables)
        {
            start.Environment[name] = value;
        }

        var started = Stopwatch.GetTimestamp();
        var running = new ContenderProcess(Process.Start(start)!);
        while (!Answers(contender.Target.Port, probe))
        {
            if (running._process.HasExited || Stopwatch.GetElapsedTime(started) > StartLimit)
            {
                running.Dispose();
                throw new InvalidOperationException($"{contender.Name} does not answer. What it wrote is in {log}.");
            }

            Thread.Sleep(2);
        }

        running.FirstAnswer = Stopwatch.GetElapsedTime(started);
        running._family = [running._process.Id, .. Children(running._process.Id)];
        return running;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    /// <summary>Says whether a request is answered with 200.</summary>
    public static bool Answers(int port, byte[] probe)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 2000 };
            socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
            socket.Send(probe);
            var buffer = new byte[4096];
            var read = socket.Receive(buffer);
            return buffer.AsSpan(0, read).StartsWith("HTTP/1.1 200"u8);
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int[] Children(int pid) =>
        [.. Directory.GetDirectories($"/proc/{pid}/task")
            .SelectMany(task => File.ReadAllText(task + "/children").Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Select(text => int.Parse(text, CultureInfo.InvariantCulture))
            .SelectMany(child => (int[])[child, .. Children(child)])];

    private static long ResidentBytes(int pid)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan(6, line.Length - 8).Trim(), CultureInfo.InvariantCulture) * 1024;
    }

    // Every process has a clock of its own, which counts threads that have ended too: MAKE_PROCESS_CPUCLOCK(pid, CPUCLOCK_SCHED).
    private static double CpuMicroseconds(int pid) =>
        ReadClock((~pid << 3) | 2, out var time) == 0 ? (time.Seconds * 1e6) + (time.Nanoseconds / 1e3) : throw new InvalidOperationException($"Process {pid} has no clock.");

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ReadClock(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
