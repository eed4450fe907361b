namespace Gateway.Fakes;

/// <summary>All requests an engine has got, in the order in which they came.</summary>
internal sealed class ReceivedRequests
{
    private readonly Lock _lock = new();
    private readonly List<ReceivedRequest> _all = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<ReceivedRequest> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    /// <summary>Somebody's work: all but the looks at health, models and metrics.</summary>
    public IReadOnlyList<ReceivedRequest> Work => [.. All.Where(request => !request.IsProbe)];

    public void Add(ReceivedRequest request)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _all.Add(request);
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    public void Clear()
    {
        lock (_lock)
        {
            _all.Clear();
        }
    }

    /// <summary>The first request that fits, now or as soon as it comes.</summary>
    public async Task<ReceivedRequest> WaitAsync(Func<ReceivedRequest, bool> fits, TimeSpan deadline)
    {
        using var source = new CancellationTokenSource(deadline);
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                changed = _changed.Task;
                if (_all.Find(request => fits(request)) is { } found)
                {
                    return found;
                }
            }

            await changed.WaitAsync(source.Token);
        }
    }

    /// <summary>The next piece of work, now or as soon as it comes.</summary>
    public Task<ReceivedRequest> WaitForWorkAsync(TimeSpan deadline) => WaitAsync(request => !request.IsProbe, deadline);
}
