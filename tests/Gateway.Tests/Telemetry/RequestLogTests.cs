using Gateway.Core.Configuration;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Telemetry;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Gateway.Tests.Telemetry;

/// <summary>One line a request, whatever its caller or its engine wrote into the names that are in it.</summary>
public sealed class RequestLogTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Write_Request_IsOneLineOfFacts()
    {
        var request = Request();
        request.Endpoint = EndpointCatalog.Find(EndpointId.ChatCompletions);
        (request.Model, request.Backend, request.Attempts, request.Outcome) = ("m", "big", 2, Outcome.Ok);
        request.Key = new ClientKey("team", []);
        (request.Usage.Known, request.Usage.Input, request.Usage.Output) = (true, 3, 5);
        _clock.Advance(TimeSpan.FromMilliseconds(20));
        request.FirstTokenAt = _clock.GetTimestamp();
        _clock.Advance(TimeSpan.FromMilliseconds(22.5));

        Assert.Equal("POST /v1/chat/completions 200 Ok error= backend=big model=m key=team attempts=2 ms=42.5 first_ms=20.0 in=3 out=5 id=req_1", Line(request));
    }

    [Fact]
    public void Write_NothingKnown_SaysSo() =>
        Assert.Equal("POST - 404 Pending error= backend= model= key= attempts=0 ms=0.0 first_ms= in= out= id=req_1", Line(Request(), status: 404));

    [Theory]
    [InlineData("a\nb\r\0c", "a?b??c")]
    [InlineData("a\u001b[31mb", "a?[31mb")]
    [InlineData("a\u007fb\u0085c\u009bd", "a?b?c?d")]
    [InlineData("a\u2028b\u2029c\u202ed\u200be", "a?b?c?d?e")]
    [InlineData("gpt-4o ünï 漢 😀", "\"gpt-4o ünï 漢 😀\"")]
    [InlineData("m key=bob attempts=1 id=req_0", "\"m key=bob attempts=1 id=req_0\"")]
    [InlineData("a=b", "\"a=b\"")]
    [InlineData("m\u00a0key", "\"m\u00a0key\"")]
    [InlineData("m\u3000key", "\"m\u3000key\"")]
    [InlineData("m\" key=\"bob", "\"m' key='bob\"")]
    public void Write_TextOfOthers_BreaksNoLine(string text, string expected)
    {
        var request = Request();
        (request.Model, request.Error) = (text, text);

        var line = Line(request);

        Assert.Contains($"error={expected} ", line, StringComparison.Ordinal);
        Assert.Contains($"model={expected} ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_EndlessTexts_AreCut()
    {
        var request = Request();
        (request.Model, request.Error) = (new string('m', 1_000_000), new string('e', 1_000_000) + "\n");

        Assert.InRange(Line(request, new string('X', 8000)).Length, 256, 600);
    }

    [Fact]
    public void Write_LogIsOff_CostsNothing()
    {
        var lines = new List<string>();
        new RequestLog(new ListLogger(lines, LogLevel.Warning), _clock).Write(Request(), "POST", 200);

        Assert.Empty(lines);
    }

    private GatewayFeature Request() => new() { RequestId = "req_1", StartedAt = _clock.GetTimestamp() };

    private string Line(GatewayFeature request, string method = "POST", int status = 200)
    {
        var lines = new List<string>();
        new RequestLog(new ListLogger(lines, LogLevel.Information), _clock).Write(request, method, status);
        return Assert.Single(lines);
    }

    private sealed class ListLogger(List<string> lines, LogLevel least) : ILogger<RequestLog>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Add(formatter(state, exception));
    }
}
