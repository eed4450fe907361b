using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Gateway.EndToEndTests;

/// <summary>Every line a gateway logs, kept for assertions: what must be there, and what must never be.</summary>
internal sealed class LogLines : ILoggerProvider
{
    private readonly ConcurrentQueue<string> _lines = [];

    public IReadOnlyList<string> All => [.. _lines];

    /// <summary>Forgets them, where there would be too many.</summary>
    public void Clear() => _lines.Clear();

    public ILogger CreateLogger(string categoryName) => new Logger(_lines, categoryName);

    /// <summary>The line of one request: it is written when the answer has been, so it may come a little later.</summary>
    public async Task<string> WaitForAsync(string part)
    {
        string? line = null;
        await Wait.UntilAsync(() => (line = _lines.FirstOrDefault(one => one.Contains(part, StringComparison.Ordinal))) is not null, $"a log line with {part}");
        return line!;
    }

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<string> lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var line = $"{logLevel} {category}: {formatter(state, exception)} {exception}";
            lines.Enqueue(line);
            SuiteLog.Write(line);
        }
    }
}
