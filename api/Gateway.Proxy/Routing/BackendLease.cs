using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Routing;

/// <summary>What a request holds of a backend that has admitted it; returned when disposed of.</summary>
/// <param name="Plan">How the request is sent there.</param>
/// <param name="Body">Its body, where the backend needs another than the caller's.</param>
/// <param name="Place">Its place; null without a limit.</param>
public readonly record struct BackendLease(OutgoingRequest Plan, BodyBuffer? Body, AdmissionPlace? Place) : IDisposable
{
    public void Dispose()
    {
        Body?.Dispose();
        Place?.Dispose();
    }
}
