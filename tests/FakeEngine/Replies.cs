using System.IO.Compression;
using System.Text;

namespace Gateway.Fakes;

/// <summary>The replies a script is made of: the engine's own errors, and every way to answer badly over sound HTTP.</summary>
internal static class Replies
{
    private const string EventStream = "text/event-stream";
    private static readonly TimeSpan Forever = TimeSpan.FromMinutes(5);

    public static Reply Default => DefaultAnswer.SendAsync;

    /// <summary>A case of <c>errors.json</c>.</summary>
    public static Reply Error(string name) => exchange => exchange.SendAsync(exchange.Dialect.Fixtures.Error(name));

    /// <summary>A case of <c>stream-errors.json</c>, with status 200, frame by frame.</summary>
    public static Reply StreamError(string name) => exchange => Stream(exchange.Dialect.Fixtures.StreamError(name).Bytes)(exchange);

    /// <summary>A fixture by its file name, frame by frame where it is a stream.</summary>
    public static Reply Fixture(string name) => exchange => name.EndsWith(".sse", StringComparison.Ordinal)
        ? Stream(exchange.Dialect.Fixtures.Get(name))(exchange)
        : exchange.SendAsync(200, "application/json", exchange.Dialect.Fixtures.Get(name));

    public static Reply Status(int status, string body = "", string contentType = "application/json") =>
        exchange => exchange.SendAsync(status, contentType, Encoding.UTF8.GetBytes(body));

    public static Reply Body(byte[] body, string contentType = "application/json") =>
        exchange => exchange.SendAsync(200, contentType, body);

    public static Reply Header(string name, string value, Reply then) => exchange =>
    {
        exchange.Context.Response.Headers[name] = value;
        return then(exchange);
    };

    /// <summary>An event stream, each frame sent on its own.</summary>
    public static Reply Stream(byte[] stream) => Pieces(Frames.Split(stream));

    /// <summary>An event stream sent in pieces that end where they like.</summary>
    public static Reply Pieces(IEnumerable<byte[]> pieces, string contentType = EventStream) => async exchange =>
    {
        exchange.Head(200, contentType);
        foreach (var piece in pieces)
        {
            await exchange.FlushAsync(piece);
        }
    };

    /// <summary>The engine's own stream, cut into pieces of this many bytes.</summary>
    public static Reply Split(int size) => exchange => Pieces(DefaultAnswer.Stream(exchange)!.Chunk(size))(exchange);

    public static Reply StallBeforeHeaders => exchange => exchange.WaitForAbortAsync(Forever);

    public static Reply StallAfterHeaders => async exchange =>
    {
        exchange.Head(200, exchange.Streams ? EventStream : "application/json");
        await exchange.Context.Response.StartAsync();
        await exchange.Context.Response.Body.FlushAsync(exchange.Aborted);
        await exchange.WaitForAbortAsync(Forever);
    };

    /// <summary>So many frames of the engine's own stream, then nothing more.</summary>
    public static Reply StallAfterFrames(int frames) => async exchange =>
    {
        await SendFramesAsync(exchange, frames);
        await exchange.WaitForAbortAsync(Forever);
    };

    /// <summary>The engine's own stream with a pause before each frame.</summary>
    public static Reply Paced(TimeSpan pause) => async exchange =>
    {
        exchange.Head(200, EventStream);
        foreach (var frame in Frames.Split(DefaultAnswer.Stream(exchange)!))
        {
            await Task.Delay(pause, TimeProvider.System, exchange.Aborted);
            await exchange.FlushAsync(frame);
        }
    };

    /// <summary>So many frames of the engine's own stream, then the connection ends without the end of the body.</summary>
    public static Reply CutAfterFrames(int frames, bool reset) => async exchange =>
    {
        await SendFramesAsync(exchange, frames);
        await exchange.CutAsync(reset);
    };

    /// <summary>So many frames of the engine's own stream, then the orderly end of the body.</summary>
    public static Reply EndAfterFrames(int frames) => exchange => SendFramesAsync(exchange, frames);

    /// <summary>The connection ends before a byte of the answer.</summary>
    public static Reply Cut(bool reset) => exchange => exchange.CutAsync(reset);

    /// <summary>The engine's own answer, after a wait.</summary>
    public static Reply Slow(TimeSpan wait) => async exchange =>
    {
        await Task.Delay(wait, TimeProvider.System, exchange.Aborted);
        await DefaultAnswer.SendAsync(exchange);
    };

    /// <summary>The engine's own answer, as soon as the test lets it go.</summary>
    public static Reply After(Task gate) => async exchange =>
    {
        await gate.WaitAsync(exchange.Aborted);
        await DefaultAnswer.SendAsync(exchange);
    };

    /// <summary>Another reply, which may send the first frame that says something and must then wait for the gate.</summary>
    public static Reply Gated(Task gate, Reply reply) => exchange =>
    {
        exchange.AfterBeginning = gate;
        return reply(exchange);
    };

    /// <summary>One piece again and again, until the caller leaves.</summary>
    public static Reply Endless(byte[] piece, string contentType, byte[]? first = null) => async exchange =>
    {
        exchange.Head(200, contentType);
        await exchange.FlushAsync(first);
        while (!exchange.Aborted.IsCancellationRequested)
        {
            await exchange.FlushAsync(piece);
        }
    };

    /// <summary>The engine's own answer, packed although nobody asked for it.</summary>
    public static Reply Gzip => async exchange =>
    {
        var (contentType, body) = DefaultAnswer.Body(exchange);
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            await gzip.WriteAsync(body);
        }

        exchange.Context.Response.Headers.ContentEncoding = "gzip";
        await exchange.SendAsync(200, contentType, packed.ToArray());
    };

    public static Reply Html => Status(200, "<!DOCTYPE html><html><body><h1>It works!</h1></body></html>", "text/html");

    public static Reply Redirect(string location, int status = 302) => Header("Location", location, Status(status));

    private static async Task SendFramesAsync(Exchange exchange, int count)
    {
        exchange.Head(200, EventStream);
        await exchange.Context.Response.StartAsync();
        foreach (var frame in Frames.Split(DefaultAnswer.Stream(exchange)!).Take(count))
        {
            await exchange.FlushAsync(frame);
        }
    }
}
