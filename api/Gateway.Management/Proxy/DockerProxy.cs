using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Management.Docker;
using Gateway.Proxy.Backends;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Management.Proxy;

/// <summary>
/// Stands between the gateway and a Docker Engine, so that an attacker who has the gateway does not have the host: passes on exactly the
/// calls that the gateway itself makes, for its own containers, and refuses all others.
/// </summary>
/// <param name="address">The Docker Engine.</param>
/// <param name="folder">The folder of the host that holds the engines' folders; null: only volumes are mounted.</param>
/// <param name="readOnly">Nothing may be changed.</param>
/// <param name="logger">Gets what is refused.</param>
public sealed partial class DockerProxy(DockerAddress address, string? folder, bool readOnly, ILogger logger) : IDisposable
{
    /// <summary>Bytes of a body; what the gateway sends is far smaller.</summary>
    public const int MaxBody = 256 * 1024;

    private const int LongestReason = 400;
    private const string LoginHeader = "X-Registry-Auth";
    private const int MaxAnswer = 16 * 1024 * 1024;

    private readonly HttpMessageInvoker _docker = new(DockerHandler.Create(address));
    private ProxyJudge? _judge;

    private ProxyJudge Judge => _judge ??= new ProxyJudge(new MountGuard(folder), AskAsync);

    public async Task HandleAsync(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        try
        {
            var (call, refusal) = ProxyCall.Read(context.Request.Method, target);
            refusal ??= call!.Rule.Changes && readOnly ? "nothing may be changed here" : await PassAsync(context, call);
            if (refusal is not null)
            {
                refusal = Printable(refusal);
                Log.Refused(logger, context.Request.Method, target.Split('?')[0], refusal);
                await WriteAsync(context, 403, $"refused by the gateway's Docker proxy: {refusal}");
            }
        }
        catch (BadHttpRequestException e)
        {
            await WriteAsync(context, e.StatusCode, $"refused by the gateway's Docker proxy: {e.Message}");
        }
        catch (DockerException e) when (e.Fault == DockerFault.NotFound)
        {
            await WriteAsync(context, 404, e.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone.
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            await WriteAsync(context, 502, $"the Docker Engine does not answer the proxy: {e.Message}");
        }
        catch (JsonException e)
        {
            await WriteAsync(context, 502, $"the answer is none of a Docker Engine's: {e.Message}");
        }
#pragma warning disable CA1031 // A defect refuses the call; it is logged, and the next call is judged as before.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Log.Defect(logger, e);
            await WriteAsync(context, 500, "the gateway's Docker proxy has failed, and its log says where");
        }
    }

    public void Dispose() => _docker.Dispose();

    /// <returns>Why it was not passed on; null: it was.</returns>
    private async Task<string?> PassAsync(HttpContext context, ProxyCall call)
    {
        using var content = new StreamContent(context.Request.Body);
        var sent = await BoundedBody.ReadAsync(content, MaxBody + 1, context.RequestAborted);
        if (sent.Length > MaxBody)
        {
            return $"a body has at most {MaxBody} bytes";
        }

        var (judged, body, refusal) = await Judge.JudgeAsync(call, sent, context.RequestAborted);
        if (refusal is not null)
        {
            return refusal;
        }

        var login = call.Rule.Login ? context.Request.Headers[LoginHeader].ToString() : "";
        using var response = await SendAsync(call.Rule.Method, judged.Target, body, login, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        if (call.Rule.Answer != ProxyAnswer.Stream && response.StatusCode == HttpStatusCode.OK)
        {
            var answer = ProxyView.Of(call.Rule.Answer, await BoundedBody.ReadAsync(response.Content, MaxAnswer, context.RequestAborted));
            await context.Response.Body.WriteAsync(answer, context.RequestAborted);
            return null;
        }

        await RelayAsync(response, context);
        return null;
    }

    private async Task<byte[]?> AskAsync(string target, CancellationToken cancellationToken)
    {
        using var response = await SendAsync("GET", target, null, "", cancellationToken);
        return response.StatusCode == HttpStatusCode.OK ? await BoundedBody.ReadAsync(response.Content, MaxAnswer, cancellationToken) : null;
    }

    private Task<HttpResponseMessage> SendAsync(string method, string target, byte[]? body, string login, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(address.Base, target));
        if (login.Length > 0)
        {
            request.Headers.Add(LoginHeader, login);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        return _docker.SendAsync(request, cancellationToken);
    }

    // Progress and logs come bit by bit.
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

    // Parts of it are the caller's, and it goes to a log.
    private static string Printable(string text) =>
        string.Concat(text.Take(LongestReason).Select(sign => char.IsControl(sign) ? '?' : sign));

    // As the Docker Engine words its errors.
    private static Task WriteAsync(HttpContext context, int status, string message)
    {
        if (context.Response.HasStarted)
        {
            // What has begun must not look whole.
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(new ErrorAnswer(message), DockerJson.Default.ErrorAnswer), context.RequestAborted);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "{Method} {Path} is refused: {Reason}")]
        public static partial void Refused(ILogger logger, string method, string path, string reason);

        [LoggerMessage(2, LogLevel.Error, "A call could not be judged because of a defect, and is refused.")]
        public static partial void Defect(ILogger logger, Exception exception);
    }
}
