using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Backends;
using Gateway.Management.Docker;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Gateway.Management.Proxy;

/// <summary>
/// Stands between the gateway and a Docker Engine, so that whoever takes over the gateway does not have the host: passes on the
/// calls that installing engines takes, for the gateway's own containers, and refuses all others.
/// </summary>
/// <param name="address">The Docker Engine.</param>
/// <param name="folder">The folder of the host whose parts may be mounted; null: only volumes.</param>
/// <param name="readOnly">Nothing may be changed.</param>
/// <param name="logger">Told what is refused.</param>
internal sealed partial class DockerProxy(DockerAddress address, string? folder, bool readOnly, ILogger logger) : IDisposable
{
    private const string LoginHeader = "X-Registry-Auth";
    private const int MaxBody = 256 * 1024;
    private const int MaxAnswer = 4 * 1024 * 1024;

    private readonly ProxyGuard _guard = new(folder);
    private readonly HttpMessageInvoker _docker = new(DockerHandler.Create(address));

    public async Task HandleAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var path = target.Split('?')[0];
        var rule = ProxyRules.Find(context.Request.Method, path, out var id);
        var refusal = rule is null ? "this call is not one that engines take" : rule.Changes && readOnly ? "nothing may be changed here" : null;
        try
        {
            if (refusal is null)
            {
                refusal = await PassAsync(context, rule!, target, id);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException && !context.Response.HasStarted)
        {
            await WriteAsync(context, 502, $"the Docker Engine does not answer the proxy: {e.Message}");
            return;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        if (refusal is not null)
        {
            Log.Refused(logger, context.Request.Method, path, refusal);
            await WriteAsync(context, 403, $"refused by the gateway's Docker proxy: {refusal}");
        }
    }

    public void Dispose() => _docker.Dispose();

    /// <returns>Why it was not passed on; null: it was.</returns>
    private async Task<string?> PassAsync(HttpContext context, ProxyRule rule, string target, string id)
    {
        var (body, refusal) = await JudgeAsync(context, rule, id);
        if (refusal is not null)
        {
            return refusal;
        }

        using var response = await SendAsync(context, context.Request.Method, target, body, rule.Login ? context.Request.Headers[LoginHeader] : default);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        if (rule.Check == ProxyCheck.Inspect && response.StatusCode == HttpStatusCode.OK)
        {
            var answer = await BoundedBody.ReadAsync(response.Content, MaxAnswer, context.RequestAborted);
            await context.Response.Body.WriteAsync(ProxyGuard.IsOurs(answer) ? answer : ProxyGuard.WithoutSecrets(answer), context.RequestAborted);
            return null;
        }

        await RelayAsync(response, context);
        return null;
    }

    private async Task<(byte[]? Body, string? Refusal)> JudgeAsync(HttpContext context, ProxyRule rule, string id)
    {
        using var content = new StreamContent(context.Request.Body);
        var body = await BoundedBody.ReadAsync(content, MaxBody, context.RequestAborted);
        switch (rule.Check)
        {
            case ProxyCheck.OwnContainer:
                return (null, await ForeignAsync(context, id));
            case ProxyCheck.Update:
                return await ForeignAsync(context, id) is { } foreign ? (null, foreign) : ProxyGuard.Update(body);
            case ProxyCheck.Create:
                return _guard.Create(body);
            case ProxyCheck.CreateNetwork:
                return ProxyGuard.Network(body);
            case ProxyCheck.Connect:
                return ProxyGuard.Connected(body) is not { } container ? (null, "it is not said which container")
                    : await ForeignAsync(context, container) is { } other ? (null, other)
                    : (JsonSerializer.SerializeToUtf8Bytes(new NetworkConnect(container), ProxyJson.Default.NetworkConnect), null);
            case ProxyCheck.Pull:
                return (null, PullRefusal(context.Request.Query));
            case ProxyCheck.RemoveImage:
                return (null, context.Request.Query.Count > 0 ? "images are only removed where nothing needs them" : null);
            case ProxyCheck.None:
            case ProxyCheck.Inspect:
            default:
                return (null, null);
        }
    }

    private static string? PullRefusal(IQueryCollection query) =>
        query.Keys.All(key => key is "fromImage" or "tag" or "platform") && query.ContainsKey("fromImage") ? null : "images are only pulled from registries";

    /// <returns>Why it is left alone; null: it is the gateway's own, or there is none.</returns>
    private async Task<string?> ForeignAsync(HttpContext context, string id)
    {
        if (ProxyRules.Find("GET", $"/containers/{id}/json", out var same) is null || same != id)
        {
            return "that is no name of a container";
        }

        using var response = await SendAsync(context, "GET", $"/containers/{id}/json", null);
        return response.StatusCode == HttpStatusCode.NotFound || ProxyGuard.IsOurs(await BoundedBody.ReadAsync(response.Content, MaxAnswer, context.RequestAborted))
            ? null
            : $"the container {id} is not the gateway's own";
    }

    private Task<HttpResponseMessage> SendAsync(HttpContext context, string method, string target, byte[]? body, StringValues login = default)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address.Base, target));
        if (login is [{ } value])
        {
            request.Headers.Add(LoginHeader, value);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return _docker.SendAsync(request, context.RequestAborted);
    }

    // Progress, logs and events come bit by bit.
    private static async Task RelayAsync(HttpResponseMessage response, HttpContext context)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var buffer = new byte[16 * 1024];
        for (var read = await stream.ReadAsync(buffer, context.RequestAborted); read > 0; read = await stream.ReadAsync(buffer, context.RequestAborted))
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    // As the Docker Engine words its errors.
    private static Task WriteAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(new ErrorAnswer(message), DockerJson.Default.ErrorAnswer), context.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Method} {Path} is refused: {Reason}")]
        public static partial void Refused(ILogger logger, string method, string path, string reason);
    }
}
