using System.Text.Json.Serialization.Metadata;

namespace Gateway.Demo;

/// <summary>The routes, and the errors of all of them.</summary>
internal sealed class DemoRoutes(DemoOptions options, TimeProvider clock)
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];
    private int _running;

    /// <summary>Requests being worked on.</summary>
    public int Running => Volatile.Read(ref _running);

    public void Map(WebApplication app)
    {
        app.Use(WatchAsync);
        app.UseRouting();
        app.MapMethods("/health", Read, static _ => Task.CompletedTask);
        app.MapMethods("/v1/models", Read, ModelsEndpoint.ListAsync);
        app.MapMethods("/v1/models/" + DemoModel.Id, Read, ModelsEndpoint.RetrieveAsync);
        app.MapPost("/v1/chat/completions", Answer(DemoJson.Wire.ChatRequest, new ChatEndpoint(options, clock).AnswerAsync));
        app.MapPost("/v1/embeddings", Answer(DemoJson.Wire.EmbeddingRequest, EmbeddingEndpoint.AnswerAsync));
        app.UseEndpoints(static _ => { });
    }

    private static RequestDelegate Answer<T>(JsonTypeInfo<T> type, Func<HttpContext, T, Task<DemoError?>> answer)
        where T : class, IModelRequest => async context =>
    {
        var (request, error) = await DemoBody.ReadAsync(context, type);
        error ??= await answer(context, request!);
        if (error is not null)
        {
            await FailAsync(context, error);
        }
    };

    private async Task WatchAsync(HttpContext context, RequestDelegate next)
    {
        Interlocked.Increment(ref _running);
        try
        {
            await next(context);
            if (Unrouted(context) is { } error)
            {
                await FailAsync(context, error);
            }
        }
        catch (BadHttpRequestException e)
        {
            await FailAsync(context, new DemoError(e.Message) { Status = e.StatusCode });
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // The caller has left: there is no one to answer.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    // The router leaves these without a body.
    private static DemoError? Unrouted(HttpContext context) => context.Response switch
    {
        { HasStarted: true } => null,
        { StatusCode: 404 } => Unrouted(404, "not_found", $"The built-in demo engine does not serve {context.Request.Path}."),
        { StatusCode: 405 } response => Unrouted(405, "method_not_allowed", $"{context.Request.Path} takes {response.Headers.Allow}."),
        _ => null,
    };

    private static DemoError Unrouted(int status, string code, string message) => new(message) { Status = status, Code = code };

    private static Task FailAsync(HttpContext context, DemoError error) =>
        DemoJson.WriteAsync(context, error.Status, new ErrorBody(error), DemoJson.Wire.ErrorBody);
}
