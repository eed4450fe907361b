using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Proxy.Forwarding;

/// <summary>
/// The response to a caller who has been sent comments but nothing of an answer yet. It looks unsent, so that the forwarder takes it
/// and an attempt may still be followed by another; status and headers set on it go nowhere, because the real ones are out.
/// </summary>
internal sealed class HeldResponse(IHttpResponseFeature sent) : IHttpResponseFeature
{
    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public Stream Body { get; set; } = Stream.Null;

    /// <summary>The first event of an answer is about to follow: from here on there is no way back.</summary>
    public bool HasStarted { get; set; }

    public void OnStarting(Func<object, Task> callback, object state)
    {
        // It has started; whoever wants to change headers is too late.
    }

    public void OnCompleted(Func<object, Task> callback, object state) => sent.OnCompleted(callback, state);
}
