using System.Text.Json;

namespace Gateway.Demo.Protocol;

/// <summary>One request whose body has been read, and the means to answer it.</summary>
internal sealed record DemoExchange(HttpContext Context, RequestReader Request, DemoOptions Options, TimeProvider Clock)
{
    public CancellationToken Aborted => Context.RequestAborted;

    /// <summary>Unix seconds, as <c>created</c> wants them.</summary>
    public long Now => Clock.GetUtcNow().ToUnixTimeSeconds();

    public static string NewId(string prefix) => prefix + Guid.NewGuid().ToString("N");

    public Task WriteAsync(Action<Utf8JsonWriter> body) => JsonAnswer.WriteAsync(Context, StatusCodes.Status200OK, body);

    public EventStream OpenStream() => new(Context, Clock, Options.WordPause);
}
