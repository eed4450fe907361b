using System.Net.Sockets;
using System.Text;
using Gateway.Backends;
using Gateway.Engines;

namespace Gateway.Health;

/// <summary>Asks one replica for its state, and judges the answer by the rules of its profile: status and body, never status alone.</summary>
internal sealed class EngineProber(TimeProvider clock)
{
    private const int MaxBody = 64 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public async Task<EngineState> ProbeAsync(Backend backend, Replica replica, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var probe = backend.Profile.Health;
            using var request = new HttpRequestMessage(HttpMethod.Get, replica.Address.Join(probe.Path));
            if (probe.SendsKey)
            {
                backend.Authorize(request);
            }

            using var response = await backend.Client.SendAsync(request, either.Token);
            using var body = await BoundedBody.RentAsync(response.Content, MaxBody, either.Token);
            replica.Trouble = null;
            replica.NotRefused();
            return Judge(probe, (int)response.StatusCode, Encoding.UTF8.GetString(body.Written.Span));
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            replica.Trouble = "it refuses connections";
            replica.Refused();
            return replica.WasReady ? EngineState.Unreachable : backend.Profile.Health.Refused;
        }
        catch (HttpRequestException e) when (NameFault.Is(e))
        {
            replica.Trouble = "its host's name cannot be resolved";
            replica.NotRefused();
            return EngineState.Absent;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            replica.NotRefused();
            replica.Trouble = e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
                ? "its certificate is not trusted, or not its own"
                : e is OperationCanceledException ? "it does not answer" : "connections to it break";
            return EngineState.Unreachable;
        }
    }

    private static EngineState Judge(HealthProbe probe, int status, string body)
    {
        foreach (var rule in probe.Rules)
        {
            if ((rule.Status is null || rule.Status == status) && (rule.Body is null || rule.Body(body)))
            {
                return rule.State;
            }
        }

        return EngineState.Degraded;
    }
}
