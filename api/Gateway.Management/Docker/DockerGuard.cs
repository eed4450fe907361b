using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Gateway.Proxy.Backends;

namespace Gateway.Management.Docker;

/// <summary>
/// What the library leaves to its transport: the newest API version that both sides know, a limit on every wait and on everything read,
/// and every failure as a <see cref="DockerException"/>. Cancellation by the caller stays a cancellation.
/// </summary>
internal sealed class DockerGuard(DockerAddress address, TimeProvider clock) : DelegatingHandler(DockerHandler.Create(address))
{
    /// <summary>How long a registry may take to answer through the Docker Engine.</summary>
    public static readonly TimeSpan Registry = TimeSpan.FromSeconds(45);

    private const int MaxBody = 16 * 1024 * 1024;
    private const int MaxErrorBody = 64 * 1024;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(30);
    private volatile Version? _version;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.PathAndQuery;
        var version = _version ??= await NegotiateAsync(cancellationToken);
        request.RequestUri = new Uri(address.Base, $"/v{version}{path}");
        try
        {
            var pull = IsPull(request.Method, path);
            var stream = pull || path.Contains("/logs?", StringComparison.Ordinal);
            var answer = await CallAsync(request, LimitOf(request.Method, path, pull), stream, cancellationToken);
            if (pull)
            {
                answer.Content = new StreamContent(new LineBound(await answer.Content.ReadAsStreamAsync(cancellationToken)));
            }

            return answer;
        }
        catch (DockerException e) when (e.Fault is DockerFault.Away)
        {
            // It may come back as another version.
            _version = null;
            throw;
        }
    }

    private async Task<Version> NegotiateAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address.Base, "/version"));
        using var answer = await CallAsync(request, Quick, stream: false, cancellationToken);
        try
        {
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            var theirs = JsonSerializer.Deserialize(body, DockerJson.Default.VersionAnswer) ?? throw new JsonException("It is null.");
            return ApiVersion.Choose(theirs.ApiVersion, theirs.MinAPIVersion)
                ?? throw DockerErrors.OfVersion(address, theirs.ApiVersion, theirs.MinAPIVersion);
        }
        catch (JsonException e)
        {
            throw DockerErrors.OfAnswer(address, e);
        }
    }

    private async Task<HttpResponseMessage> CallAsync(
        HttpRequestMessage request, TimeSpan limit, bool stream, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await base.SendAsync(request, either.Token);
            await BoundAsync(answer, stream, either.Token);
            var whole = answer;
            answer = null;
            return whole;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw DockerErrors.Late(address, limit, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            throw DockerErrors.Of(address, e);
        }
        finally
        {
            answer?.Dispose();
        }
    }

    // A stream (the progress of a pull, a log) is read by the caller, for as long as there is something to read.
    private static async Task BoundAsync(HttpResponseMessage answer, bool stream, CancellationToken cancellationToken)
    {
        // 304: the container is in the requested state already.
        var good = answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotModified;
        if (good && stream)
        {
            return;
        }

        using var content = answer.Content;
        var body = await BoundedBody.ReadAsync(content, good ? MaxBody : MaxErrorBody, cancellationToken);
        answer.Content = good ? new ByteArrayContent(body) : throw DockerErrors.Of((int)answer.StatusCode, body);
    }

    private static bool IsPull(HttpMethod method, string path) =>
        method == HttpMethod.Post && path.StartsWith("/images/create", StringComparison.Ordinal);

    private static TimeSpan LimitOf(HttpMethod method, string path, bool pull) =>
        path == "/info" ? Quick
        : path.StartsWith("/distribution/", StringComparison.Ordinal) ? Registry
        : pull ? Registry * 2
        : method == HttpMethod.Delete ? Usual * 2
        : path.EndsWith("/start", StringComparison.Ordinal) ? Usual * 4
        // A container has some of it to end by itself.
        : path.Contains("/stop?", StringComparison.Ordinal) ? Usual * 3
        : Usual;
}
