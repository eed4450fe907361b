using System.Text.Json;
using Gateway.Engines.Endpoints;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Fakes;

/// <summary>One request being answered: what is known of it, and the means to answer it well or badly.</summary>
internal sealed class Exchange(Dialect dialect, ReceivedRequest request, EndpointSpec? endpoint, HttpContext context)
{
    private static readonly TimeSpan CloseDeadline = TimeSpan.FromSeconds(30);

    public Dialect Dialect { get; } = dialect;

    public ReceivedRequest Request { get; } = request;

    /// <summary>What was asked for; null for a path the engine does not know.</summary>
    public EndpointSpec? Endpoint { get; } = endpoint;

    public HttpContext Context { get; } = context;

    /// <summary>Fires when the caller leaves.</summary>
    public CancellationToken Aborted => Context.RequestAborted;

    public JsonElement Body { get; } = request.Json();

    /// <summary>What is waited for between the first piece that says something and all others.</summary>
    public Task AfterBeginning { get; set; } = Task.CompletedTask;

    public bool Streams => Flag(Body, "stream");

    public static bool Flag(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public static JsonElement Member(JsonElement body, string name) =>
        body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) ? value : default;

    public void Head(int status, string? contentType)
    {
        Context.Response.StatusCode = status;
        Context.Response.ContentType = contentType;
    }

    /// <summary>Sends a whole body with its length.</summary>
    public async Task SendAsync(int status, string? contentType, byte[] body)
    {
        Head(status, contentType);
        if (HttpMethods.IsHead(Context.Request.Method) || status is 204 or 304 or < 200)
        {
            return;
        }

        Context.Response.ContentLength = body.Length;
        await Context.Response.Body.WriteAsync(body, Aborted);
    }

    public Task SendAsync(AnswerCase answer)
    {
        foreach (var (name, value) in answer.Headers)
        {
            Context.Response.Headers[name] = value;
        }

        return SendAsync(answer.Status, answer.ContentType, answer.Bytes);
    }

    /// <summary>Writes a piece and sends it at once.</summary>
    public async Task FlushAsync(ReadOnlyMemory<byte> piece)
    {
        await Context.Response.Body.WriteAsync(piece, Aborted);
        await Context.Response.Body.FlushAsync(Aborted);
        if (!AfterBeginning.IsCompleted && !Frames.IsPreamble(piece.Span))
        {
            await AfterBeginning.WaitAsync(Aborted);
        }
    }

    /// <summary>Ends the connection in the middle of the answer: by a reset, or by an orderly end of the socket.</summary>
    public async Task CutAsync(bool reset)
    {
        if (!reset)
        {
            var socket = Context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
            socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            await WaitForAbortAsync(CloseDeadline);
        }

        Context.Abort();
    }

    /// <summary>Says nothing more until the caller leaves.</summary>
    public async Task WaitForAbortAsync(TimeSpan deadline)
    {
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = Aborted.Register(left.SetResult);
        await left.Task.WaitAsync(deadline, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
