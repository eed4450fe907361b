using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Routing;

/// <summary>What a request holds of a backend that has let it in; given back when disposed of.</summary>
/// <param name="Plan">How it is sent there.</param>
/// <param name="Mended">Its body, where the backend needs another than the caller's.</param>
/// <param name="Place">Its place; null without a limit.</param>
public readonly record struct TargetEntry(ForwardPlan Plan, BodyBuffer? Mended, AdmissionPlace? Place) : IDisposable
{
    public void Dispose()
    {
        Mended?.Dispose();
        Place?.Dispose();
    }
}
