using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Gateway.ManagementTests;

/// <summary>What happens to a call on its way to the Docker Engine.</summary>
internal enum Passage
{
    Pass,

    /// <summary>It is not executed, and nobody ever hears of it again.</summary>
    SwallowCall,

    /// <summary>It is executed, but its answer never comes.</summary>
    SwallowAnswer,

    /// <summary>Refused as a proxy before the socket refuses it.</summary>
    Deny,
    DiskFull,

    /// <summary>The answer breaks off after its first bytes.</summary>
    CutAnswer,
}

/// <summary>Stands between a lifecycle and the Docker Engine's socket. From the first call that is swallowed on, every further one is.</summary>
internal sealed class DockerProxy : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpMessageInvoker _docker;
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _dead = new();

    private DockerProxy(WebApplication app, string socket)
    {
        _app = app;
        _docker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellationToken);
                return new NetworkStream(connection, ownsSocket: true);
            },
        });
    }

    /// <summary>As <c>DOCKER_HOST</c>.</summary>
    public string Host => "tcp://" + new Uri(_app.Urls.First()).Authority;

    /// <summary>Decides over each call, by its method and path without the version.</summary>
    public Func<string, string, Passage> Rule { get; set; } = (_, _) => Passage.Pass;

    /// <summary>Completes when a call was swallowed.</summary>
    public Task Dead => _dead.Task;

    public static async Task<DockerProxy> StartAsync(string socket = "/var/run/docker.sock")
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var proxy = new DockerProxy(app, socket);
        app.Run(proxy.HandleAsync);
        await app.StartAsync();
        return proxy;
    }

    public async ValueTask DisposeAsync()
    {
        if (_end.IsCancellationRequested)
        {
            return;
        }

        await _end.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _docker.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _end.Token);
        var path = context.Request.Path.Value!;
        var bare = path.StartsWith("/v1.", StringComparison.Ordinal) ? path[path.IndexOf('/', 1)..] : path;
        var passage = _dead.Task.IsCompleted ? Passage.SwallowCall : Rule(context.Request.Method, bare);
        switch (passage)
        {
            case Passage.Deny:
                context.Response.StatusCode = 403;
                return;
            case Passage.DiskFull:
                context.Response.StatusCode = 500;
                await context.Response.WriteAsync("""{"message":"write /var/lib/docker/tmp/x: no space left on device"}""");
                return;
            case Passage.SwallowCall:
                await SwallowAsync(either.Token);
                return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), new Uri("http://docker" + path + context.Request.QueryString));
        if (context.Request.ContentLength > 0)
        {
            request.Content = new StreamContent(context.Request.Body);
            request.Content.Headers.Add("Content-Type", context.Request.ContentType);
        }

        using var answer = await _docker.SendAsync(request, either.Token);
        if (passage == Passage.SwallowAnswer)
        {
            await answer.Content.ReadAsByteArrayAsync(either.Token);
            await SwallowAsync(either.Token);
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        await using var stream = await answer.Content.ReadAsStreamAsync(either.Token);
        if (passage == Passage.CutAnswer)
        {
            await CopyAsync(stream, context.Response, 1, either.Token);
            context.Abort();
            return;
        }

        await CopyAsync(stream, context.Response, int.MaxValue, either.Token);
    }

    private static async Task CopyAsync(Stream stream, HttpResponse response, int pieces, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        int length;
        while (pieces-- > 0 && (length = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await response.Body.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
        }
    }

    private async Task SwallowAsync(CancellationToken cancellationToken)
    {
        _dead.TrySetResult();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
