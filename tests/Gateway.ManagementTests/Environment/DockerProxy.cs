using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
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
    private readonly string? _path;
    private TaskCompletionSource _dead = new();

    private DockerProxy(WebApplication app, string socket, string? path)
    {
        (_app, _path) = (app, path);
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
    public string Host => _path is null ? "tcp://" + new Uri(_app.Urls.First()).Authority : $"unix://{_path}";

    /// <summary>Decides over each call, by its method and path without the version.</summary>
    public Func<string, string, Passage> Rule { get; set; } = (_, _) => Passage.Pass;

    /// <summary>Completes when a call was swallowed.</summary>
    public Task Dead => _dead.Task;

    /// <param name="path">Its own socket; null: a port.</param>
    public static async Task<DockerProxy> StartAsync(string? path = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(path is null ? "http://127.0.0.1:0" : $"http://unix:{path}");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var proxy = new DockerProxy(app, DockerSetup.Socket, path);
        app.Run(proxy.HandleAsync);
        await app.StartAsync();
        return proxy;
    }

    /// <summary>Calls are passed on again: whoever made the swallowed one has ended.</summary>
    public void Revive() => _dead = new TaskCompletionSource();

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
            request.Content = await ContentAsync(context.Request, either.Token);
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

    // A machine that has the GPUs that are asked for: it has none, and nobody uses them.
    private static async Task<HttpContent> ContentAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(request.Body);
        var body = JsonNode.Parse(await reader.ReadToEndAsync(cancellationToken))!.AsObject();
        (body["HostConfig"] as JsonObject)?.Remove("DeviceRequests");
        return new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body));
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
