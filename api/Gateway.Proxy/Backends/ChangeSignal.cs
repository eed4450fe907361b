namespace Gateway.Proxy.Backends;

/// <summary>Wakes all that wait for the next change of a state.</summary>
/// <remarks>Take <see cref="Next"/> first and read the state then: no change is missed.</remarks>
public sealed class ChangeSignal
{
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next change.</summary>
    public Task Next => _next.Task;

    /// <summary>The state has changed.</summary>
    public void Set() => Interlocked.Exchange(ref _next, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
}
