using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Gateway.Bench.Upstream;

/// <summary>
/// Answers like an OpenAI-compatible engine, from ready-made bytes. A body with <c>"stream":true</c> gets as many events as
/// <c>max_tokens</c> says, <c>seed</c> milliseconds apart; any other gets one JSON object.
/// </summary>
internal sealed class Engine(int models)
{
    private const int LookedAt = 4096;

    private static readonly byte[] Answer = Encoding.UTF8.GetBytes(
        """{"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,"model":"model-1","choices":[{"index":0,"message":{"role":"assistant","content":"The quick brown fox jumps over the lazy dog, and then sits down in the shade of the old oak to think about what it has done. Nobody saw it but the dog, and the dog will not tell. So the afternoon goes by."},"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":27,"completion_tokens":51,"total_tokens":78}}""");

    private static readonly byte[] Event = Frame("""{"role":"assistant","content":" token"}""", "null");
    private static readonly byte[] LastEvent = Frame("{}", "\"stop\"");
    private static readonly byte[] Usage = Encoding.UTF8.GetBytes(
        "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"model-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":27,\"completion_tokens\":51,\"total_tokens\":78}}\n\n");

    private readonly byte[] _models = Encoding.UTF8.GetBytes(
        $$"""{"object":"list","data":[{{string.Join(',', Enumerable.Range(1, models).Select(i => FormattableString.Invariant($$"""{"id":"model-{{i}}","object":"model","owned_by":"bench"}""")))}}]}""");

    public Task HandleAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/v1/chat/completions" => CompleteAsync(context),
        "/v1/models" => WriteAsync(context, _models),
        "/health" => Task.CompletedTask,
        _ => NotFound(context),
    };

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    }

    private static async Task CompleteAsync(HttpContext context)
    {
        var wanted = await ReadAsync(context.Request);
        if (!wanted.Streams)
        {
            await WriteAsync(context, Answer);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        await StreamAsync(context, wanted);
    }

    private static async Task StreamAsync(HttpContext context, Wanted wanted)
    {
        var output = context.Response.BodyWriter;
        var start = Stopwatch.GetTimestamp();
        for (var i = 1; i <= wanted.Events; i++)
        {
            var early = TimeSpan.FromMilliseconds((i - 1) * (double)wanted.Gap) - Stopwatch.GetElapsedTime(start);
            if (early.TotalMilliseconds >= 1)
            {
                await Task.Delay(early, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            output.Write(i < wanted.Events ? Event : LastEvent);
            if (i == wanted.Events)
            {
                output.Write(wanted.Usage ? Usage : []);
                output.Write("data: [DONE]\n\n"u8);
            }

            if ((await output.FlushAsync()).IsCompleted || context.RequestAborted.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static async ValueTask<Wanted> ReadAsync(HttpRequest request)
    {
        Wanted? wanted = null;
        while (true)
        {
            var read = await request.BodyReader.ReadAsync();
            if (wanted is null && (read.IsCompleted || read.Buffer.Length >= LookedAt))
            {
                wanted = Look(read.Buffer.Slice(0, Math.Min(read.Buffer.Length, LookedAt)));
            }

            request.BodyReader.AdvanceTo(wanted is null ? read.Buffer.Start : read.Buffer.End, read.Buffer.End);
            if (read.IsCompleted)
            {
                return wanted!.Value;
            }
        }
    }

    private static Wanted Look(ReadOnlySequence<byte> beginning)
    {
        Span<byte> copy = stackalloc byte[LookedAt];
        beginning.CopyTo(copy);
        var body = copy[..(int)beginning.Length];
        var streams = body.IndexOf("\"stream\":true"u8) >= 0;
        return streams ? new Wanted(true, Number(body, "\"max_tokens\":"u8), Number(body, "\"seed\":"u8), body.IndexOf("\"include_usage\":true"u8) >= 0) : default;
    }

    private static int Number(ReadOnlySpan<byte> body, ReadOnlySpan<byte> name)
    {
        var at = body.IndexOf(name);
        return at >= 0 && int.TryParse(body[(at + name.Length)..][..Math.Max(0, body[(at + name.Length)..].IndexOfAnyExceptInRange((byte)'0', (byte)'9'))], CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    private static async Task WriteAsync(HttpContext context, byte[] json)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = json.Length;
        await context.Response.BodyWriter.WriteAsync(json);
    }

    private static byte[] Frame(string delta, string finish) => Encoding.UTF8.GetBytes(
        $"data: {{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"model-1\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\"finish_reason\":{finish}}}]}}\n\n");

    private readonly record struct Wanted(bool Streams, int Events, int Gap, bool Usage);
}
