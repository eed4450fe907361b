using System.Buffers;
using System.Net;
using System.Text;
using Gateway.Engines;

namespace Gateway.Detection;

/// <summary>
/// Looks for an engine on this host: one question at every usual port of every profile, all at the same time. Whatever else
/// listens there (or answers nothing, or nonsense, or without end) is passed over.
/// </summary>
/// <param name="profiles">The engines, the one to be preferred first.</param>
/// <param name="client">Asks the ports; it must not follow redirects.</param>
/// <param name="clock">Measures the deadline.</param>
/// <param name="ownPort">The gateway's own port, where nothing is asked; 0: none.</param>
/// <param name="timeout">How long one port may take for its whole answer; null: 200 ms.</param>
internal sealed class EngineDetector(IReadOnlyList<EngineProfile> profiles, HttpMessageInvoker client, TimeProvider clock, int ownPort, TimeSpan? timeout = null)
{
    private const int MaxBody = 64 * 1024;
    private readonly TimeSpan _timeout = timeout ?? TimeSpan.FromMilliseconds(200);

    /// <summary>The first engine, in the order of the profiles and of their ports, or null. Never throws, so that a strange neighbour cannot stop the start.</summary>
    public async Task<DetectedEngine?> FindAsync(CancellationToken cancellationToken)
    {
        var looks = profiles
            .SelectMany(profile => (profile.Detection?.Ports ?? []).Select(port => (profile, port)))
            .Where(place => place.port != ownPort)
            .Select(place => LookAsync(place.profile, place.port, cancellationToken))
            .ToArray();
        return (await Task.WhenAll(looks)).FirstOrDefault(found => found is not null);
    }

    private async Task<DetectedEngine?> LookAsync(EngineProfile profile, int port, CancellationToken cancellationToken)
    {
        var root = new UriBuilder(Uri.UriSchemeHttp, IPAddress.Loopback.ToString(), port).Uri;
        try
        {
            using var deadline = new CancellationTokenSource(_timeout, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            var answer = await AskAsync(new Uri(root, profile.Detection!.Path), either.Token);
            return profile.Detection.Recognise(answer) ? new DetectedEngine(profile, new Uri(root, "v1")) : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Nobody knows what a stranger on this port makes of the question; it is no engine, and that is all.
            return null;
        }
    }

    private async Task<DetectionAnswer> AskAsync(Uri url, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        using var response = await client.SendAsync(request, cancellationToken);
        using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var body = await ReadAsync(stream, cancellationToken);
        var server = response.Headers.TryGetValues("Server", out var values) ? string.Join(' ', values) : "";
        return new DetectionAnswer((int)response.StatusCode, server, body);
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(MaxBody);
        try
        {
            var length = await stream.ReadAtLeastAsync(buffer.AsMemory(0, MaxBody), MaxBody, throwOnEndOfStream: false, cancellationToken);
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
