namespace Gateway.Proxy.Requests;

/// <summary>The memory that the bodies of all requests may take together; a request that does not fit is refused.</summary>
/// <param name="limit">In bytes.</param>
public sealed class BodyMemory(long limit)
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>For a system that does not say how much memory it has.</summary>
    private const long Fallback = 512 * Megabyte;

    private long _taken;

    /// <summary>Half of what the runtime may use, which in a container follows from the container's limit.</summary>
    public static long Default =>
        GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is > 0 and var available ? available / 2 : Fallback;

    public long Limit => limit;

    /// <summary>What running requests have taken, in bytes.</summary>
    public long Taken => Volatile.Read(ref _taken);

    /// <summary>So many bytes more would fit now.</summary>
    public bool Fits(long bytes) => bytes <= limit - Taken;

    /// <summary>Takes memory, which is given back with <see cref="Give"/>.</summary>
    /// <exception cref="BodyMemoryException">There is not enough left.</exception>
    public void Take(long bytes)
    {
        if (Interlocked.Add(ref _taken, bytes) > limit)
        {
            Give(bytes);
            throw new BodyMemoryException();
        }
    }

    public void Give(long bytes) => Interlocked.Add(ref _taken, -bytes);
}

/// <summary>A body does not fit beside those that other requests have in memory.</summary>
internal sealed class BodyMemoryException() : Exception("The bodies of the running requests take all the memory that they may.");
