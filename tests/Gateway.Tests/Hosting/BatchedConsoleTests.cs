using System.Text;
using Gateway.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Xunit;

namespace Gateway.Tests.Hosting;

/// <summary>No line is lost, whoever writes how fast, and however the process ends.</summary>
public sealed class BatchedConsoleTests : IDisposable
{
    private readonly MemoryStream _output = new();
    private readonly ManualClock _clock = new();

    private string Written => Encoding.UTF8.GetString(_output.ToArray());

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Log_AfterItsWait_IsWrittenTogether()
    {
        using var console = new BatchedConsole(new PlainFormatter(), _output, _clock);
        var logger = console.CreateLogger("a");
        logger.Log(LogLevel.Information, default, "één", null, static (text, _) => text);
        logger.Log(LogLevel.Information, default, "two", null, static (text, _) => text);
        Assert.Empty(Written);

        _clock.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal("één\ntwo\n", Written);
    }

    [Fact]
    public void Dispose_WhileLinesWait_WritesThem()
    {
        var console = new BatchedConsole(new PlainFormatter(), _output, _clock);
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
        var console = new BatchedConsole(new PlainFormatter(), _output, TimeProvider.System);
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

    private sealed class PlainFormatter() : ConsoleFormatter("plain")
    {
        public override void Write<TState>(in LogEntry<TState> logEntry, IExternalScopeProvider? scopeProvider, TextWriter textWriter) =>
            textWriter.Write(logEntry.Formatter(logEntry.State, logEntry.Exception) + "\n");
    }
}
