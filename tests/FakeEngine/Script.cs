using System.Collections.Concurrent;

namespace Gateway.Fakes;

/// <summary>Answers one request in place of the engine's own way.</summary>
internal delegate Task Reply(Exchange exchange);

/// <summary>What goes wrong, and when: replies for the next requests, or for those that fit. Probes are not concerned.</summary>
internal sealed class Script
{
    private readonly ConcurrentQueue<Reply> _next = [];
    private volatile (Func<Exchange, bool> Fits, Reply Reply)[] _rules = [];

    /// <summary>The next request that no rule is for gets this reply; several wait in line.</summary>
    public void Next(Reply reply) => _next.Enqueue(reply);

    /// <summary>Every request that fits gets this reply, until <see cref="Clear"/>.</summary>
    public void When(Func<Exchange, bool> fits, Reply reply) => _rules = [(fits, reply), .. _rules];

    public void Always(Reply reply) => When(static _ => true, reply);

    public void Clear()
    {
        _next.Clear();
        _rules = [];
    }

    public Reply? Take(Exchange exchange)
    {
        foreach (var (fits, reply) in _rules)
        {
            if (fits(exchange))
            {
                return reply;
            }
        }

        return _next.TryDequeue(out var next) ? next : null;
    }
}
