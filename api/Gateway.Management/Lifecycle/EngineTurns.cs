namespace Gateway.Management.Lifecycle;

/// <summary>One operation at a time for each engine: a second one is refused, not queued.</summary>
/// <param name="logger">Gets defects, with their stacks.</param>
internal sealed partial class EngineTurns(ILogger logger)
{
    private readonly HashSet<EngineKey> _busy = [];
    private volatile TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Done when the next operation ends.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Runs an operation if no other is at this engine.</summary>
    /// <exception cref="LifecycleException">Another one is, or this one fails; whatever fails comes as this one kind.</exception>
    public async Task<T> AloneAsync<T>(EngineKey key, Func<Task<T>> operation)
    {
        if (!TryEnter(key))
        {
            throw new LifecycleException(LifecycleReason.Busy, $"Something else is being done to {key.Name} on {key.Node}: wait for its end, or cancel it.");
        }

        try
        {
            return await operation();
        }
        catch (Exception e) when (e is not LifecycleException)
        {
            if (!LifecycleErrors.IsExpected(e))
            {
                Log.Defect(logger, e, key);
            }

            throw LifecycleErrors.Of(e);
        }
        finally
        {
            Leave(key);
        }
    }

    public bool TryEnter(EngineKey key)
    {
        lock (_busy)
        {
            return _busy.Add(key);
        }
    }

    public void Leave(EngineKey key)
    {
        lock (_busy)
        {
            _busy.Remove(key);
        }

        Interlocked.Exchange(ref _ended, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "An operation on {Engine} failed because of a defect in the gateway.")]
        public static partial void Defect(ILogger logger, Exception exception, EngineKey engine);
    }
}
