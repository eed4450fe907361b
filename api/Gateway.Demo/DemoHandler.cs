using Gateway.Demo.Protocol;
using Gateway.Demo.Routes;

namespace Gateway.Demo;

/// <summary>Leads each request to its route, and words what is wrong with it.</summary>
internal sealed class DemoHandler(DemoOptions options, TimeProvider clock)
{
    private int _running;

    public int Running => Volatile.Read(ref _running);

    public async Task HandleAsync(HttpContext context)
    {
        Interlocked.Increment(ref _running);
        try
        {
            if (await AnswerAsync(context) is { } error)
            {
                await JsonAnswer.WriteAsync(context, error.Status, error.Write);
            }
        }
        catch (BadHttpRequestException e)
        {
            await JsonAnswer.WriteAsync(context, e.StatusCode, new DemoError(e.StatusCode, e.Message).Write);
        }
        catch (Exception e) when (context.RequestAborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // Nobody is left to read the answer, so there is nothing more to do.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<DemoError?> AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        switch (path)
        {
            case "/health":
                return await GetAsync(context, static _ => Task.CompletedTask);
            case "/v1/models":
                return await GetAsync(context, Models.ListAsync);
            case "/v1/models/" + DemoModel.Id:
                return await GetAsync(context, Models.RetrieveAsync);
            case "/v1/chat/completions":
                return await PostAsync(context, ChatCompletions.AnswerAsync);
            case "/v1/completions":
                return await PostAsync(context, Completions.AnswerAsync);
            case "/v1/embeddings":
                return await PostAsync(context, Embeddings.AnswerAsync);
            case "/v1/responses":
                return await PostAsync(context, Responses.AnswerAsync);
            default:
                return new DemoError(404, $"The built-in demo engine does not serve {path}.") { Code = "not_found" };
        }
    }

    private static async Task<DemoError?> GetAsync(HttpContext context, Func<HttpContext, Task> answer)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            return WrongMethod(context, "GET, HEAD");
        }

        await answer(context);
        return null;
    }

    private async Task<DemoError?> PostAsync(HttpContext context, Func<DemoExchange, Task<DemoError?>> answer)
    {
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            return WrongMethod(context, "POST");
        }

        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (JsonBody.Parse(body.GetBuffer().AsSpan(0, (int)body.Length)) is not { } root)
        {
            return DemoError.Invalid(null, "The body of the request is no sound JSON object.");
        }

        var request = new RequestReader(root);
        var model = request.Text("model");
        return request.Fault
            ?? (model is null or DemoModel.Id ? null : DemoError.UnknownModel(model))
            ?? await answer(new DemoExchange(context, request, options, clock));
    }

    private static DemoError WrongMethod(HttpContext context, string allowed)
    {
        context.Response.Headers.Allow = allowed;
        return new DemoError(405, $"{context.Request.Path} takes {allowed}.") { Code = "method_not_allowed" };
    }
}
