using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Gateway.Hosting;

/// <summary>
/// Writes the log to the process's output, many lines at a time: a line waits a few milliseconds for others, because a write for
/// each costs more than the request that it tells of. None is lost: an output that does not keep up holds its writers, and what
/// waits is written when the process ends.
/// </summary>
internal sealed class BatchedConsole : ILoggerProvider
{
    private const int MostWaiting = 1024 * 1024;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(10);

    [ThreadStatic]
    private static StringWriter? _line;

    private readonly ConsoleFormatter _formatter;
    private readonly Stream _output;
    private readonly ITimer _timer;
    private readonly Lock _append = new();
    private readonly Lock _write = new();
    private readonly Encoder _encoder = Encoding.UTF8.GetEncoder();
    private byte[] _waiting = new byte[16 * 1024];
    private byte[] _spare = new byte[16 * 1024];
    private int _length;
    private bool _ended;

    public BatchedConsole(ConsoleFormatter formatter, Stream output, TimeProvider clock)
    {
        _formatter = formatter;
        _output = output;
        _timer = clock.CreateTimer(static console => ((BatchedConsole)console!).Flush(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        AppDomain.CurrentDomain.ProcessExit += End;
        AppDomain.CurrentDomain.UnhandledException += End;
    }

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= End;
        AppDomain.CurrentDomain.UnhandledException -= End;
        End(null, EventArgs.Empty);
        _timer.Dispose();
    }

    // From here on nobody may be left to write later.
    private void End(object? sender, EventArgs e)
    {
        Volatile.Write(ref _ended, true);
        Flush();
    }

    private void Append(StringBuilder line)
    {
        int length;
        bool first;
        lock (_append)
        {
            first = _length == 0;
            foreach (var chunk in line.GetChunks())
            {
                Reserve(Encoding.UTF8.GetMaxByteCount(chunk.Length));
                _length += _encoder.GetBytes(chunk.Span, _waiting.AsSpan(_length), flush: false);
            }

            length = _length;
        }

        if (length > MostWaiting || Volatile.Read(ref _ended))
        {
            Flush();
        }
        else if (first)
        {
            _timer.Change(Wait, Timeout.InfiniteTimeSpan);
        }
    }

    private void Reserve(int bytes)
    {
        if (_waiting.Length - _length < bytes)
        {
            Array.Resize(ref _waiting, Math.Max(_waiting.Length * 2, _length + bytes));
        }
    }

    private void Flush()
    {
        lock (_write)
        {
            byte[] bytes;
            int length;
            lock (_append)
            {
                (bytes, length) = (_waiting, _length);
                (_waiting, _spare) = (_spare, _waiting);
                _length = 0;
            }

            try
            {
                _output.Write(bytes, 0, length);
                _output.Flush();
            }
            catch (IOException)
            {
                // Nobody reads any more, and there is nowhere else to say so.
            }
        }
    }

    private sealed class Logger(BatchedConsole console, string category) : ILogger
    {
        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var writer = _line ??= new StringWriter();
            var line = writer.GetStringBuilder();
            console._formatter.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter), null, writer);
            console.Append(line);
            line.Clear();
            if (line.Capacity > 16 * 1024)
            {
                line.Capacity = 1024;
            }
        }
    }
}
