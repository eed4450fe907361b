using System.Net;
using System.Text;
using Gateway.Engines;

namespace Gateway.Proxy.Backends;

/// <summary>Finds an engine on this host: one request to every usual port of every profile, all at the same time.</summary>
/// <param name="profiles">The engines, the one to be preferred first.</param>
/// <param name="client">Asks the ports; it must not follow redirects.</param>
/// <param name="clock">Measures the deadline.</param>
/// <param name="ownPort">The gateway's own port, where nothing is asked; 0: none.</param>
/// <param name="timeout">How long one port may take for its whole answer, each time it is asked; null: 200 ms.</param>
public sealed class EngineDetector(IReadOnlyList<EngineProfile> profiles, HttpMessageInvoker client, TimeProvider clock, int ownPort, TimeSpan? timeout = null)
{
    private const int MaxBody = 64 * 1024;
    private readonly TimeSpan _timeout = timeout ?? TimeSpan.FromMilliseconds(200);

    /// <summary>The first engine, in the order of the profiles and of their ports, or null. Never throws, so that another program cannot
    /// stop the start.</summary>
    public async Task<DetectedEngine?> FindAsync(CancellationToken cancellationToken)
    {
        var places = profiles
            .SelectMany(profile => (profile.Detection?.Ports ?? []).Select(port => new Place(profile, port)))
            .Where(place => place.Port != ownPort)
            .ToArray();
        var answers = await Task.WhenAll(places.Select(place => AskPortAsync(place, cancellationToken)));
        // On a busy machine a process that has just started can spend the whole deadline before it sends. Silent ports are asked
        // once more; closed ports refuse immediately, so this costs nothing there.
        answers = await Task.WhenAll(answers.Select((answer, i) => answer.Silent ? AskPortAsync(places[i], cancellationToken) : Task.FromResult(answer)));
        return answers.Select(answer => answer.Found).FirstOrDefault(found => found is not null);
    }

    private async Task<PortAnswer> AskPortAsync(Place place, CancellationToken cancellationToken)
    {
        var root = new UriBuilder(Uri.UriSchemeHttp, IPAddress.Loopback.ToString(), place.Port).Uri;
        var detection = place.Profile.Detection!;
        using var deadline = new CancellationTokenSource(_timeout, clock);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            var answer = await AskAsync(new Uri(root, detection.Path), either.Token);
            return new PortAnswer(detection.Recognise(answer) ? new DetectedEngine(place.Profile, new Uri(root, "v1")) : null, Silent: false);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // An unknown program on this port may do anything with the request; it is no engine.
            return new PortAnswer(null, Silent: deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested);
        }
    }

    private async Task<DetectionAnswer> AskAsync(Uri url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await client.SendAsync(request, cancellationToken);
        using var body = await BoundedBody.RentAsync(response.Content, MaxBody, cancellationToken);
        var server = response.Headers.TryGetValues("Server", out var values) ? string.Join(' ', values) : "";
        return new DetectionAnswer((int)response.StatusCode, server, Encoding.UTF8.GetString(body.Written.Span));
    }

    private sealed record Place(EngineProfile Profile, int Port);

    /// <summary>What came of one question.</summary>
    /// <param name="Found">The engine, or null.</param>
    /// <param name="Silent">There was no whole answer by the deadline.</param>
    private sealed record PortAnswer(DetectedEngine? Found, bool Silent);
}

/// <summary>An engine that runs on this host.</summary>
public sealed record DetectedEngine(EngineProfile Profile, Uri BaseUrl);
