using System.Net;
using System.Net.Sockets;
using System.Text;
using Gateway.Engines;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Health;

/// <summary>Asks one replica for its state, and judges the answer by the rules of its profile.</summary>
/// <remarks>Status and body, never status alone.</remarks>
public sealed class EngineProber(TimeProvider clock)
{
    private const int MaxBody = 64 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>What refuses connections for longer is not about to start.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromMinutes(2);

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
            replica.ReportAnswer();
            replica.NotRefused();
            var state = Judge(probe.Rules, (int)response.StatusCode, Encoding.UTF8.GetString(body.Written.Span)) ?? EngineState.Degraded;
            return state == EngineState.Ready && probe.Further.Count > 0 ? await FurtherAsync(backend, replica, either.Token) : state;
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            replica.ReportTrouble($"connection refused at {replica.Address.Api}");
            replica.Refused();
            return replica.WasReady || replica.TroubleTime > LongestStart ? EngineState.Unreachable : backend.Profile.Health.Refused;
        }
        catch (HttpRequestException e) when (NameFault.Is(e))
        {
            replica.ReportTrouble($"no host of the name in {replica.Address.Api}");
            replica.NotRefused();
            return EngineState.Absent;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or ObjectDisposedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            replica.NotRefused();
            replica.ReportTrouble(e is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
                ? $"the certificate of {replica.Address.Api} is not trusted, or is for another host"
                : e is OperationCanceledException ? $"no answer from {replica.Address.Api}" : $"connections to {replica.Address.Api} break");
            return EngineState.Unreachable;
        }
    }

    private static async Task<EngineState> FurtherAsync(Backend backend, Replica replica, CancellationToken cancellationToken)
    {
        foreach (var further in backend.Profile.Health.Further)
        {
            if (replica.LacksProbe(further.Path) || (further.WithSleepGauge && replica.Load is not { ReportsSleep: true }))
            {
                continue;
            }

            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, replica.Address.Join(further.Path));
                if (further.SendsKey)
                {
                    backend.Authorize(request);
                }

                using var response = await backend.Client.SendAsync(request, cancellationToken);
                using var body = await BoundedBody.RentAsync(response.Content, MaxBody, cancellationToken);
                if (Judge(further.Rules, (int)response.StatusCode, Encoding.UTF8.GetString(body.Written.Span)) is { } state)
                {
                    // The answers are the same before the first warm-up is over and after the order to stop.
                    return state == EngineState.Draining && !replica.WasReady ? EngineState.Loading : state;
                }

                if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed)
                {
                    replica.NoteLackingProbe(further.Path);
                }
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
            {
                // It has answered the question that counts; a busy engine may be slow with the others.
            }
        }

        return EngineState.Ready;
    }

    private static EngineState? Judge(IReadOnlyList<HealthRule> rules, int status, string body)
    {
        foreach (var rule in rules)
        {
            if ((rule.Status is null || rule.Status == status) && (rule.Body is null || rule.Body(body)))
            {
                return rule.State;
            }
        }

        return null;
    }
}
