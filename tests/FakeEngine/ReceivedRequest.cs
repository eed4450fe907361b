using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Gateway.Fakes;

/// <summary>A request as it reached the engine, and what became of its caller.</summary>
internal sealed class ReceivedRequest(string method, string target, IReadOnlyDictionary<string, StringValues> headers, bool probe)
{
    private readonly TaskCompletionSource<long> _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Method { get; } = method;

    /// <summary>Path and query as on the request line.</summary>
    public string Target { get; } = target;

    public string Path => Target.Split('?', 2)[0];

    public IReadOnlyDictionary<string, StringValues> Headers { get; } = headers;

    /// <summary>A look at health, models or metrics, not somebody's work.</summary>
    public bool IsProbe { get; } = probe;

    public byte[] Body { get; set; } = [];

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Completes, with the clock's timestamp, when the caller leaves before the answer has ended.</summary>
    public Task<long> Aborted => _aborted.Task;

    /// <summary>Completes when the whole answer has been written.</summary>
    public Task Answered => _answered.Task;

    /// <summary>Completes when the body has been read and the answer is about to begin.</summary>
    public Task Begun => _begun.Task;

    public string? Header(string name) => Headers.TryGetValue(name, out var value) ? value.ToString() : null;

    /// <summary>The body as JSON; an undefined element where it is none.</summary>
    public JsonElement Json()
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(Body);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    public void ReportAborted(long timestamp) => _aborted.TrySetResult(timestamp);

    public void ReportAnswered() => _answered.TrySetResult();

    public void ReportBegun() => _begun.TrySetResult();

    public override string ToString() => $"{Method} {Target}";
}
