using Gateway.Engines;
using Microsoft.AspNetCore.Http;

namespace Gateway.Fakes;

/// <summary>Commands to a fake engine in another process, on a port of its own so that no path of the engine's is taken.</summary>
internal static class ControlEndpoint
{
    public static async Task HandleAsync(FakeEngine engine, HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = (await reader.ReadToEndAsync(context.RequestAborted)).Trim();
        try
        {
            await HandleAsync(engine, context, text);
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync(e.Message, context.RequestAborted);
        }
    }

    private static Task HandleAsync(FakeEngine engine, HttpContext context, string text)
    {
        switch (context.Request.Method, context.Request.Path.Value)
        {
            case ("POST", "/next"):
                engine.Script.Next(Scenario.Parse(text));
                return Task.CompletedTask;
            case ("POST", "/always"):
                engine.Script.Always(Scenario.Parse(text));
                return Task.CompletedTask;
            case ("POST", "/state"):
                engine.State = Enum.Parse<EngineState>(text, ignoreCase: true);
                return Task.CompletedTask;
            case ("POST", "/reset"):
                engine.Reset();
                return Task.CompletedTask;
            case ("GET", "/requests"):
                return context.Response.WriteAsJsonAsync(engine.Requests.All.Select(Describe), context.RequestAborted);
            default:
                context.Response.StatusCode = 404;
                return context.Response.WriteAsync("POST /next, /always, /state, /reset or GET /requests.", context.RequestAborted);
        }
    }

    private static object Describe(ReceivedRequest request) => new
    {
        request.Method,
        request.Target,
        request.IsProbe,
        Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString()),
        Body = request.Text,
        Aborted = request.Aborted.IsCompleted,
        Answered = request.Answered.IsCompleted,
    };
}
