using System.Text;
using Gateway.Proxy.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Gateway.Hosting;

/// <summary>
/// Writes the log to the process's output, many lines at a time: a line waits a few milliseconds for others, because a write for
/// each costs more than the request that it reports. A thread of its own writes, so an output that does not keep up stops neither
/// requests nor the end of the process: what no longer fits into the queue is dropped and counted.
/// </summary>
internal sealed class BatchedConsole : ILoggerProvider
{
    private const int MostWaiting = 1024 * 1024;
    private const int MostKept = 256 * 1024;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(10);

    /// <summary>How long the end of the process waits for an output that may not be read any more.</summary>
    private static readonly TimeSpan LastWrite = TimeSpan.FromSeconds(1);

    [ThreadStatic]
    private static StringWriter? _line;

    private readonly ConsoleFormatter _formatter;
    private readonly Stream _output;
    private readonly LogLoss _loss;
    private readonly Func<string, EventId, bool> _hides;
    private readonly ITimer _timer;
    private readonly Lock _append = new();
    private readonly SemaphoreSlim _due = new(0);
    private readonly ManualResetEventSlim _empty = new(true);
    private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();
    private byte[] _waiting = new byte[16 * 1024];
    private byte[] _spare = new byte[16 * 1024];
    private int _length;
    private long _lost;
    private bool _ended;

    /// <param name="formatter">Makes the lines.</param>
    /// <param name="output">Gets them; it may block for any time.</param>
    /// <param name="clock">The clock of the wait for further lines.</param>
    /// <param name="loss">Counts what is dropped.</param>
    /// <param name="hides">Says which events, by category and id, are not written.</param>
    public BatchedConsole(ConsoleFormatter formatter, Stream output, TimeProvider clock, LogLoss loss, Func<string, EventId, bool>? hides = null)
    {
        _formatter = formatter;
        _output = output;
        _loss = loss;
        _hides = hides ?? (static (_, _) => false);
        _timer = clock.CreateTimer(static console => ((BatchedConsole)console!)._due.Release(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        AppDomain.CurrentDomain.ProcessExit += End;
        AppDomain.CurrentDomain.UnhandledException += End;
        new Thread(WriteAll) { IsBackground = true, Name = "log" }.Start();
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= End;
        AppDomain.CurrentDomain.UnhandledException -= End;
        End(null, EventArgs.Empty);
        _timer.Dispose();
    }

    // From here on no timer is waited for.
    private void End(object? sender, EventArgs e)
    {
        Volatile.Write(ref _ended, true);
        _due.Release();
        _empty.Wait(LastWrite);
    }

    private void Append(StringBuilder line)
    {
        bool first, full;
        lock (_append)
        {
            if (_length + line.Length > MostWaiting)
            {
                _lost++;
                _loss.Add();
                return;
            }

            first = _length == 0;
            Add(line);
            full = _length > MostWaiting / 2;
            _empty.Reset();
        }

        if (Volatile.Read(ref _ended))
        {
            _due.Release();
            _empty.Wait(LastWrite);
        }
        else if (first)
        {
            _timer.Change(Wait, Timeout.InfiniteTimeSpan);
        }
        else if (full && _due.CurrentCount == 0)
        {
            _due.Release();
        }
    }

    private void Add(StringBuilder line)
    {
        foreach (var chunk in line.GetChunks())
        {
            var most = Encoding.UTF8.GetMaxByteCount(chunk.Length);
            if (_waiting.Length - _length < most)
            {
                Array.Resize(ref _waiting, Math.Max(_waiting.Length * 2, _length + most));
            }

            _length += _encoder.GetBytes(chunk.Span, _waiting.AsSpan(_length), flush: false);
        }
    }

    private void WriteAll()
    {
        while (true)
        {
            _due.Wait();
            while (Take(out var lost) is { Count: > 0 } bytes)
            {
                Write(bytes);
                if (lost > 0)
                {
                    CreateLogger("gateway.log").LogLoss(lost);
                }
            }
        }
    }

    // What waits, for the writer alone: the next lines go into the other buffer.
    private ArraySegment<byte> Take(out long lost)
    {
        lock (_append)
        {
            var bytes = new ArraySegment<byte>(_waiting, 0, _length);
            (_waiting, _spare) = (_spare.Length > MostKept ? new byte[16 * 1024] : _spare, _waiting);
            (_length, lost, _lost) = (0, _lost, 0);
            if (bytes.Count == 0)
            {
                _empty.Set();
            }

            return bytes;
        }
    }

    private void Write(ArraySegment<byte> bytes)
    {
        try
        {
            _output.Write(bytes);
            _output.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or NotSupportedException)
        {
            // The output is closed, and there is no other place to say so.
        }
    }

    private sealed class Logger(BatchedConsole console, string category) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (console._hides(category, eventId))
            {
                return;
            }

            var writer = _line ??= new StringWriter();
            var line = writer.GetStringBuilder();
            try
            {
                console._formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), null, writer);
                LogText.MakeHarmless(line);
                console.Append(line);
            }
            finally
            {
                // Half a line of a formatter that failed would begin the thread's next one.
                line.Clear();
                if (line.Capacity > 16 * 1024)
                {
                    line.Capacity = 1024;
                }
            }
        }
    }
}
