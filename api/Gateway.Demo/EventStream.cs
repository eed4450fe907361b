using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Gateway.Demo;

/// <summary>An answer in server-sent events, each sent as soon as it is written. Throws when the caller has left.</summary>
internal sealed class EventStream
{
    private readonly HttpContext _context;

    public EventStream(HttpContext context)
    {
        _context = context;
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
    }

    public Task SendAsync<T>(T data, JsonTypeInfo<T> type) => SendAsync(JsonSerializer.SerializeToUtf8Bytes(data, type));

    public Task SendDoneAsync() => SendAsync("[DONE]"u8.ToArray());

    private async Task SendAsync(byte[] data)
    {
        // The server accepts what is written for a caller who has left, and throws nothing.
        _context.RequestAborted.ThrowIfCancellationRequested();
        byte[] frame = [.. "data: "u8, .. data, .. "\n\n"u8];
        await _context.Response.Body.WriteAsync(frame, _context.RequestAborted);
        await _context.Response.Body.FlushAsync(_context.RequestAborted);
    }
}
