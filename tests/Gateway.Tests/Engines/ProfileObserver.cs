using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Proxy.Responses;

namespace Gateway.Tests.Engines;

/// <summary>Stands where a request stands: translates by a profile, stops nothing.</summary>
internal sealed class ProfileObserver(EngineProfile profile) : IStreamObserver
{
    public CancellationToken Stopped => CancellationToken.None;

    public void Received()
    {
    }

    public void Content()
    {
    }

    public EngineError Translate(ReadOnlySpan<byte> data) => EngineErrorTranslator.Translate(profile, 200, data);

    public GatewayError FaultOf(Exception exception) => GatewayError.Upstream(exception.Message);
}
