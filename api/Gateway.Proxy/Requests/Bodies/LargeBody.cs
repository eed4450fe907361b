namespace Gateway.Proxy.Requests;

/// <summary>
/// Reading through a large body takes milliseconds, and the thread that reads sockets serves others as well: from this size on
/// such work goes to the thread pool.
/// </summary>
internal static class LargeBody
{
    public const int Bytes = 64 * 1024;
}
