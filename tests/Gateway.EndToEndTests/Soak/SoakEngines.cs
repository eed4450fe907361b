using System.Collections.Concurrent;
using Gateway.EndToEndTests.Faults;
using Gateway.Fakes;

namespace Gateway.EndToEndTests.Soak;

/// <summary>Makes the engines of a rig do to each request what its id asks for, and counts what they are asked.</summary>
internal sealed class SoakEngines
{
    private readonly ConcurrentDictionary<string, int> _attempts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal);
    private long _asked;

    public SoakEngines(FaultRig rig)
    {
        foreach (var engine in rig.Engines)
        {
            engine.Script.Always(AnswerAsync);
        }
    }

    /// <summary>Requests that have reached the engines, probes apart.</summary>
    public long Asked => Interlocked.Read(ref _asked);

    /// <summary>Completes when the request has reached an engine.</summary>
    public Task Begun(string id) => _awaited.GetOrAdd(id, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>The request has ended: nothing of it is kept.</summary>
    /// <returns>How often the engines were asked for it.</returns>
    public int Forget(string id)
    {
        _awaited.TryRemove(id, out _);
        return _attempts.TryRemove(id, out var attempts) ? attempts : 0;
    }

    private Task AnswerAsync(Exchange exchange)
    {
        Interlocked.Increment(ref _asked);
        var id = exchange.Context.Request.Headers["x-request-id"].ToString();
        var kind = SoakKind.All.First(kind => id.EndsWith($"~{kind.Name}", StringComparison.Ordinal));
        var attempt = _attempts.AddOrUpdate(id, 1, static (_, before) => before + 1);
        if (_awaited.TryGetValue(id, out var awaited))
        {
            awaited.TrySetResult();
        }

        return (attempt <= kind.Times && kind.Fails is { } fails ? fails : Replies.Default)(exchange);
    }
}
