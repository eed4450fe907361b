namespace Gateway.Proxy.Telemetry;

/// <summary>Counts the lines that the log had no room for, because its reader did not keep up.</summary>
public sealed class LogLoss
{
    private long _lines;

    public long Lines => Interlocked.Read(ref _lines);

    public void Add() => Interlocked.Increment(ref _lines);
}

/// <summary>What the log says of its own loss, once its reader keeps up again.</summary>
public static partial class LogLossLog
{
    [LoggerMessage(1, LogLevel.Warning, "{Lines} lines of this log were dropped here because its reader did not keep up.")]
    public static partial void LogLoss(this ILogger logger, long lines);
}
