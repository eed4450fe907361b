using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gateway.Demo.Protocol;

/// <summary>An answer in server-sent events, each sent as soon as it is written. Ends with an exception when nobody reads it any more.</summary>
internal sealed class EventStream
{
    private readonly HttpContext _context;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _pause;
    private readonly ArrayBufferWriter<byte> _frame = new();

    public EventStream(HttpContext context, TimeProvider clock, TimeSpan pause)
    {
        _context = context;
        _clock = clock;
        _pause = pause;
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
    }

    public async Task SendAsync(Action<Utf8JsonWriter> data, string? name = null)
    {
        _frame.ResetWrittenCount();
        if (name is not null)
        {
            _frame.Write(Encoding.UTF8.GetBytes($"event: {name}\n"));
        }

        _frame.Write("data: "u8);
        using (var json = new Utf8JsonWriter(_frame, JsonAnswer.Options))
        {
            data(json);
        }

        _frame.Write("\n\n"u8);
        await FlushAsync(_frame.WrittenMemory);
    }

    /// <summary>The time a model would take for its next word.</summary>
    public Task PauseAsync() => Task.Delay(_pause, _clock, _context.RequestAborted);

    public Task SendDoneAsync() => FlushAsync("data: [DONE]\n\n"u8.ToArray());

    private async Task FlushAsync(ReadOnlyMemory<byte> frame)
    {
        // The server takes what is written for a caller who has gone, without a word.
        _context.RequestAborted.ThrowIfCancellationRequested();
        await _context.Response.Body.WriteAsync(frame, _context.RequestAborted);
        await _context.Response.Body.FlushAsync(_context.RequestAborted);
    }
}
