using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Gateway.Hosting;
using Gateway.Proxy.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Xunit;

namespace Gateway.Tests.Hosting;

/// <summary>An output that keeps up loses no line, however the process ends; one that does not stops nothing.</summary>
public sealed class BatchedConsoleTests : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly ManualClock _clock = new();

    private string Written => Encoding.UTF8.GetString(_output.ToArray());

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task Log_AfterItsWait_IsWrittenTogether()
    {
        using var console = new BatchedConsole(new PlainFormatter(), _output, _clock, new LogLoss());
        var logger = console.CreateLogger("a");
        logger.Log(LogLevel.Information, default, "één", null, static (text, _) => text);
        logger.Log(LogLevel.Information, default, "two", null, static (text, _) => text);
        Assert.Empty(Written);

        _clock.Advance(TimeSpan.FromMilliseconds(10));
        await Wait.UntilAsync(() => Written == "één\ntwo\n", "both lines");
    }

    [Fact]
    public void Dispose_WhileLinesWait_WritesThem()
    {
        var console = new BatchedConsole(new PlainFormatter(), _output, _clock, new LogLoss());
        var logger = console.CreateLogger("a");
        logger.Log(LogLevel.Information, default, "last words", null, static (text, _) => text);
        console.Dispose();
        Assert.Equal("last words\n", Written);

        logger.Log(LogLevel.Information, default, "and after", null, static (text, _) => text);
        Assert.Equal("last words\nand after\n", Written);
    }

    [Fact]
    public async Task Log_FromManyThreads_LosesAndMixesNothing()
    {
        const int Writers = 8;
        const int Lines = 5000;
        var console = new BatchedConsole(new PlainFormatter(), _output, TimeProvider.System, new LogLoss());
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            var logger = console.CreateLogger("a");
            for (var i = 0; i < Lines; i++)
            {
                logger.Log(LogLevel.Information, default, $"{writer}:{i}", null, static (text, _) => text);
            }
        })));
        console.Dispose();

        var lines = Written.Split('\n', StringSplitOptions.RemoveEmptyEntries).GroupBy(line => line[0]).ToArray();
        Assert.Equal(Writers, lines.Length);
        Assert.All(lines, own => Assert.Equal(Enumerable.Range(0, Lines).Select(i => $"{own.Key}:{i}"), own));
    }

    [Fact]
    public async Task Log_OutputStalls_DropsAndCountsAndSaysSoWhenItGoesOn()
    {
        using var output = new StalledStream();
        var loss = new LogLoss();
        using var console = new BatchedConsole(new PlainFormatter(), output, TimeProvider.System, loss);
        var logger = console.CreateLogger("a");
        var line = new string('x', 1000);
        for (var i = 0; i < 10_000; i++)
        {
            logger.Log(LogLevel.Information, default, line, null, static (text, _) => text);
        }

        Assert.InRange(loss.Lines, 1, 9_999);
        output.GoOn();
        var lost = loss.Lines;
        await Wait.UntilAsync(() => Reported(output.Written) == lost, "the reports of the loss");
        Assert.Equal(10_000 - lost, output.Written.Split('\n').Count(text => text == line));
    }

    [Fact]
    public async Task Dispose_OutputStalls_Returns()
    {
        using var output = new StalledStream();
        var console = new BatchedConsole(new PlainFormatter(), output, TimeProvider.System, new LogLoss());
        console.CreateLogger("a").Log(LogLevel.Information, default, "never read", null, static (text, _) => text);

        await Task.Run(console.Dispose).WaitAsync(Wait.Deadline);
        output.GoOn();
    }

    [Fact]
    public void Log_FormatterFails_LeavesNothingForTheNextLine()
    {
        var console = new BatchedConsole(new PlainFormatter(), _output, _clock, new LogLoss());
        var logger = console.CreateLogger("a");
        Assert.Throws<InvalidOperationException>(() => logger.Log<string>(LogLevel.Information, default, "half", null, static (_, _) => throw new InvalidOperationException()));
        logger.Log(LogLevel.Information, default, "whole", null, static (text, _) => text);
        console.Dispose();

        Assert.Equal("whole\n", Written);
    }

    private static long Reported(string written) =>
        Regex.Matches(written, "([0-9]+) lines of this log were dropped").Sum(match => long.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));

    private sealed class StalledStream : MemoryStream
    {
        private readonly ManualResetEventSlim _open = new();
        private readonly Lock _lock = new();

        public string Written
        {
            get
            {
                lock (_lock)
                {
                    return Encoding.UTF8.GetString(ToArray());
                }
            }
        }

        public void GoOn() => _open.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _open.Wait();
            lock (_lock)
            {
                base.Write(buffer.ToArray(), 0, buffer.Length);
            }
        }

        protected override void Dispose(bool disposing)
        {
            _open.Set();
            base.Dispose(disposing);
        }
    }

    private sealed class PlainFormatter() : ConsoleFormatter("plain")
    {
        public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter)
        {
            if (logEntry.State is "half")
            {
                textWriter.Write("half");
            }

            textWriter.Write(logEntry.Formatter(logEntry.State, logEntry.Exception) + "\n");
        }
    }
}
