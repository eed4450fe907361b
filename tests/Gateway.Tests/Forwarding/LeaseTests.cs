using System.Text;
using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Fakes;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Routing;
using Gateway.Proxy.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>
/// What a request holds ends with it, whatever is thrown and wherever: the same request is sent again and again, and each time the next
/// step of its way throws, until one comes through.
/// </summary>
public sealed class LeaseTests : IAsyncLifetime, IDisposable
{
    private const string Key = "key-for-tests-01";
    private const int MostSteps = 400;

    private readonly TemporaryFolder _folder = new();
    private FakeEngine _engine = null!;
    private FakeEngine _other = null!;

    public static TheoryData<string, string> Ways
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var way in (string[])["plain", "stream", "collected", "renamed", "form", "upload", "compressed", "busy"])
            {
                foreach (var thrown in (string[])["defect", "io", "canceled", "memory", "timeout"])
                {
                    data.Add(way, thrown);
                }
            }

            return data;
        }
    }

    public async Task InitializeAsync()
    {
        _engine = await FakeEngine.StartAsync("openai");
        _other = await FakeEngine.StartAsync("openai");
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _other.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Request_EveryStepOfItsWayThrows_LeavesNothingBehind(string way, string thrown)
    {
        using var lines = new MemoryLog();
        var faults = new StepFaults(() => Thrown(thrown));
        await using var services = Services(way, faults, lines);
        var (steps, seen) = (0, new HashSet<string>());
        for (var whole = false; !whole; steps++)
        {
            Assert.InRange(steps, 0, MostSteps);
            foreach (var engine in (FakeEngine[])[_engine, _other])
            {
                engine.Reset();
                engine.Script.Always(way == "busy" ? Replies.Status(503, "{}") : Replies.Default);
            }

            var answer = await SendAsync(services, way, faults, throwAt: steps);
            whole = !faults.HasThrown;
            seen.Add(faults.Where);
            await AssertNothingHeldAsync(services, $"{way} with {thrown} at step {steps}, {faults.Where}");
            AssertAnswer(answer, whole, faults.Where);
        }

        Assert.InRange(steps, 8, MostSteps);
        Assert.Contains("clock", seen);
    }

    [Fact]
    public async Task Request_Defect_IsA500InTheEnvelopeWithOneErrorInTheLog()
    {
        foreach (var path in (string[])["/v1/chat/completions", "/v1/messages"])
        {
            using var lines = new MemoryLog();
            var faults = new StepFaults(() => Thrown("defect")) { Only = "reading" };
            await using var services = Services("plain", faults, lines);
            var context = Context("plain", faults, new MemoryStream());
            SetPath(context, path);
            context.Request.Headers["x-request-id"] = "the-id";
            faults.Arm(0);

            await Pipeline(services)(context);

            var answer = Encoding.UTF8.GetString(((Output)context.Response.Body).ToArray());
            using var body = JsonDocument.Parse(answer);
            Assert.Equal((500, "the-id"), (context.Response.StatusCode, context.Response.Headers["x-request-id"].ToString()));
            Assert.Equal(path == "/v1/messages" ? "api_error" : "server_error", body.RootElement.GetProperty("error").GetProperty("type").GetString());
            Assert.Equal(path != "/v1/messages", answer.Contains("internal_error", StringComparison.Ordinal));
            var error = Assert.Single(lines.All, line => line.StartsWith("Error", StringComparison.Ordinal));
            Assert.Contains(nameof(StepFaults), error, StringComparison.Ordinal);
            Assert.Contains("the-id", error, StringComparison.Ordinal);
            var line = Assert.Single(lines.All, line => line.Contains("id=the-id", StringComparison.Ordinal) && line.StartsWith("Information", StringComparison.Ordinal));
            Assert.Contains(" 500 GatewayError error=internal_error", line, StringComparison.Ordinal);
        }
    }

    private static Exception Thrown(string kind) => kind switch
    {
        "io" => new IOException("injected"),
        "canceled" => new OperationCanceledException("injected"),
        "memory" => new InsufficientMemoryException("injected"),
        "timeout" => new TimeoutException("injected"),
        _ => new InvalidOperationException("injected"),
    };

    private static void AssertAnswer((int Status, string Body) answer, bool whole, string where)
    {
        if (!whole && answer.Status >= 500 && where is not ("writing" or "log"))
        {
            Assert.Contains("\"error\"", answer.Body, StringComparison.Ordinal);
        }
    }

    private static async Task AssertNothingHeldAsync(ServiceProvider services, string when)
    {
        var backends = services.GetRequiredService<CurrentSnapshot>().Value!.Backends.All;
        var admission = services.GetRequiredService<Admission>();
        var limiter = services.GetRequiredService<KeyLimiter>();
        string Held() => string.Join(' ',
            backends.Select(backend => $"places={admission.QueueOf(backend).Running}+{admission.QueueOf(backend).Queued} in-flight={backend.Replicas.Sum(replica => replica.InFlight)} due={backend.Replicas.Sum(replica => replica.TokensDue)}")
                .Append($"running={services.GetRequiredService<Lifecycle>().Running} memory={services.GetRequiredService<BodyMemory>().Taken}")
                .Append($"deadlines={services.GetRequiredService<DeadlineScanner>().Count} key={limiter.Uses.Values.Sum(use => use.Running)}/{limiter.Uses.Values.Sum(use => use.Held)}"));

        var nothing = string.Join(' ', backends.Select(_ => "places=0+0 in-flight=0 due=0").Append("running=0 memory=0").Append("deadlines=0 key=0/0"));
        for (var i = 0; i < 200 && Held() != nothing; i++)
        {
            await Task.Yield();
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        Assert.True(Held() == nothing, $"{Held()} after {when}");
    }

    private static async Task<(int Status, string Body)> SendAsync(ServiceProvider services, string way, StepFaults faults, int throwAt)
    {
        using var body = new MemoryStream();
        var context = Context(way, faults, body);
        faults.Arm(throwAt);
        try
        {
            await Pipeline(services)(context);
        }
        catch (Exception e) when (e.Message == "injected" || e is AggregateException)
        {
            // The server ends the connection: nothing could be written any more.
        }
        finally
        {
            faults.Disarm();
        }

        return (context.Response.StatusCode, Encoding.UTF8.GetString(((Output)context.Response.Body).ToArray()));
    }

    private static DefaultHttpContext Context(string way, StepFaults faults, MemoryStream unused)
    {
        _ = unused;
        var json = $$"""{"model":"{{(way is "renamed" ? "alias" : "model-1")}}","messages":[{"role":"user","content":"x"}]{{(way is "stream" or "busy" ? ",\"stream\":true" : "")}}}""";
        var body = way switch
        {
            "form" => Encoding.UTF8.GetBytes("--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nalias\r\n--b--\r\n"),
            "compressed" => Zipped(Encoding.UTF8.GetBytes(json)),
            _ => Encoding.UTF8.GetBytes(json),
        };
        var context = new DefaultHttpContext();
        context.Request.Method = "POST";
        context.Request.Protocol = "HTTP/1.1";
        SetPath(context, way switch { "form" => "/v1/audio/transcriptions", "upload" => "/v1/files", _ => "/v1/chat/completions" });
        context.Request.Headers.Authorization = $"Bearer {Key}";
        context.Request.ContentType = way == "form" ? "multipart/form-data; boundary=b" : "application/json";
        context.Request.ContentLength = body.Length;
        context.Request.Body = new Input(body, faults);
        if (way == "compressed")
        {
            context.Request.Headers.ContentEncoding = "gzip";
        }

        context.Features.Set<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>(WithTarget(context));
        context.Response.Body = new Output(faults);
        return context;
    }

    // As the router would have found it.
    private static void SetPath(HttpContext context, string path)
    {
        context.Request.Path = path;
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(EndpointCatalog.All.First(spec => EndpointPaths.Fits(spec, path) && spec.Methods.Contains("POST"))), path));
    }

    private static Microsoft.AspNetCore.Http.Features.IHttpRequestFeature WithTarget(DefaultHttpContext context)
    {
        var request = context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!;
        request.RawTarget = request.Path;
        return request;
    }

    private static byte[] Zipped(byte[] bytes)
    {
        using var target = new MemoryStream();
        using (var zip = new System.IO.Compression.GZipStream(target, System.IO.Compression.CompressionMode.Compress, leaveOpen: true))
        {
            zip.Write(bytes);
        }

        return target.ToArray();
    }

    private ServiceProvider Services(string way, StepFaults faults, MemoryLog lines)
    {
        var file = _folder.Write("gateway.yaml", $$"""
            backends:
              - name: main
                kind: openai
                urls: [{{_engine.BaseUrl}}, {{_other.BaseUrl}}]
                models: {alias: model-1}
                max_concurrency: 4
                prefix_affinity: true
                stream_plain: {{(way == "collected" ? "on" : "off")}}
            keys:
              - {name: tests, key: {{Key}}, requests_per_minute: 1000000, tokens_per_minute: 100000000, max_concurrency: 100, monthly_tokens: 100000000}
            """);
        var (settings, wrong) = SettingsReader.Read(new Dictionary<string, string> { ["GATEWAY_CONFIG"] = file, ["GATEWAY_RETRIES"] = "1", ["GATEWAY_UNKNOWN_MODEL"] = "default", ["MODEL_NAME"] = "model-1" });
        Assert.Empty(wrong);
        var clock = new StepClock(faults);
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(lines));
        services.AddSingleton(settings!);
        services.AddProxy();
        services.AddSingleton<TimeProvider>(clock);
        services.AddSingleton<Random>(new StepRandom(faults));
        services.AddSingleton(Tracing.Off);
        var provider = services.BuildServiceProvider();
        provider.GetRequiredService<CurrentSnapshot>().Value = provider.GetRequiredService<SnapshotFactory>().Create(
            settings!, new BackendTable([.. settings!.Backends.Select(backend => new Backend(backend, EngineCatalog.Find(backend.Kind)!, TimeProvider.System))]));
        return provider;
    }

    private static RequestDelegate Pipeline(IServiceProvider services)
    {
        var app = new ApplicationBuilder(services);
        ProxyPipeline.Forward(app);
        return app.Build();
    }

    /// <summary>Counts the steps of one request, and throws at one of them.</summary>
    private sealed class StepFaults(Func<Exception> thrown)
    {
        private readonly AsyncLocal<bool> _armed = new();
        private int _at;
        private int _step;

        /// <summary>Throws only in steps of this name; null: in all.</summary>
        public string? Only { get; init; }

        public bool HasThrown { get; private set; }

        public string Where { get; private set; } = "";

        public void Arm(int at)
        {
            (_at, _step, HasThrown, Where) = (at, 0, false, "nowhere");
            _armed.Value = true;
        }

        public void Disarm() => _armed.Value = false;

        public void Step(string where)
        {
            if (_armed.Value && !HasThrown && (Only is null || Only == where) && Interlocked.Increment(ref _step) - 1 == _at)
            {
                (HasThrown, Where) = (true, where);
                throw thrown();
            }
        }
    }

    private sealed class StepClock(StepFaults faults) : TimeProvider
    {
        public override long GetTimestamp()
        {
            faults.Step("clock");
            return base.GetTimestamp();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            faults.Step("timer");
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }

    private sealed class StepRandom(StepFaults faults) : Random
    {
        public override int Next(int maxValue)
        {
            faults.Step("picker");
            return base.Next(maxValue);
        }

        public override double NextDouble()
        {
            faults.Step("picker");
            return base.NextDouble();
        }
    }

    private sealed class Input(byte[] body, StepFaults faults) : MemoryStream(body)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            faults.Step("reading");
            return base.ReadAsync(buffer, cancellationToken);
        }
    }

    private sealed class Output(StepFaults faults) : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            faults.Step("writing");
            return base.WriteAsync(buffer, cancellationToken);
        }

        public override Task FlushAsync(CancellationToken cancellationToken)
        {
            faults.Step("writing");
            return base.FlushAsync(cancellationToken);
        }
    }

    private sealed class MemoryLog : ILoggerProvider, ILogger
    {
        private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = [];

        public IReadOnlyList<string> All => [.. _lines];

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue($"{logLevel}: {formatter(state, exception)} {exception}");

        public void Dispose()
        {
        }
    }
}
