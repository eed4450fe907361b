using Gateway.Engines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Fakes;

/// <summary>The way of a request through the fake engine: record, health, key, lists, script, fixtures.</summary>
internal sealed class EngineHandler(FakeEngine engine)
{
    /// <summary>A request may bring its own scenario, so that tests which run side by side share an engine.</summary>
    public const string ScenarioHeader = "x-fake-scenario";

    public async Task HandleAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?', 2)[0];
        var probe = engine.Dialect.IsProbe(context.Request.Method, path);
        var received = new ReceivedRequest(
            context.Request.Method, target, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value), probe);
        await using var left = context.RequestAborted.Register(() => received.ReportAborted(TimeProvider.System.GetTimestamp()));
        engine.Requests.Add(received);
        try
        {
            received.Body = await ReadBodyAsync(context);
            received.ReportBegun();
            await AnswerAsync(context, received, path);
            received.ReportAnswered();
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            received.ReportAborted(TimeProvider.System.GetTimestamp());
            context.Abort();
        }
    }

    private static async Task<byte[]> ReadBodyAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return body.ToArray();
    }

    private Task AnswerAsync(HttpContext context, ReceivedRequest received, string path)
    {
        if (engine.State == EngineState.Unreachable)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        var exchange = new Exchange(engine.Dialect, received, engine.Dialect.Match(received.Method, path), context);
        if (!HasKey(received, path))
        {
            return exchange.SendAsync(BadKey());
        }

        return received.IsProbe ? ProbeAsync(exchange, path) : WorkAsync(exchange, received);
    }

    private bool HasKey(ReceivedRequest received, string path)
    {
        var auth = engine.Profile.Auth;
        return engine.ApiKey is null || !engine.Dialect.IsGuarded(path) || received.Header(auth.Header!) == auth.Prefix + engine.ApiKey;
    }

    private AnswerCase BadKey() =>
        engine.Dialect.Fixtures.Errors.FirstOrDefault(one => one.Case == "bad_key") ?? new AnswerCase { Status = 401 };

    private Task ProbeAsync(Exchange exchange, string path)
    {
        var fixtures = engine.Dialect.Fixtures;
        var profile = engine.Profile;
        if (engine.ProbeAnswers.TryGetValue(path, out var chosen))
        {
            return exchange.SendAsync(chosen);
        }

        if (path == profile.Health.Path && HealthAnswer() is { } health)
        {
            return exchange.SendAsync(health);
        }

        if (path == engine.Dialect.ContainerCheck && path != profile.Health.Path)
        {
            return exchange.SendAsync(new AnswerCase { Status = engine.State == EngineState.Ready ? 200 : 503 });
        }

        var name = path == profile.Models.Path ? "models.json" : path == profile.Load.Path ? "metrics.txt" : path.Trim('/').Replace('/', '-') + ".json";
        return fixtures.Find(name) is { } body
            ? exchange.SendAsync(200, name.EndsWith(".txt", StringComparison.Ordinal) ? "text/plain; version=0.0.4" : "application/json", body)
            : exchange.SendAsync(fixtures.UnknownPath);
    }

    // An engine that is judged by its model list answers that when it is well.
    private AnswerCase? HealthAnswer()
    {
        var profile = engine.Profile;
        if (engine.HealthAnswer is { } chosen)
        {
            return chosen;
        }

        if (engine.State == EngineState.Ready && profile.Health.Path == profile.Models.Path)
        {
            return null;
        }

        return engine.Dialect.Fixtures.Health.FirstOrDefault(one => one.Is(engine.State))
            ?? new AnswerCase { Status = engine.State == EngineState.Ready ? 200 : 503 };
    }

    private Task WorkAsync(Exchange exchange, ReceivedRequest received)
    {
        if (exchange.Endpoint is null)
        {
            return exchange.SendAsync(engine.Dialect.Fixtures.UnknownPath);
        }

        var reply = received.Header(ScenarioHeader) is { } scenario ? Scenario.Parse(scenario) : engine.Script.Take(exchange);
        return (reply ?? (exchange.Context.WebSockets.IsWebSocketRequest ? SocketReplies.Echo : Replies.Default))(exchange);
    }
}
