using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace Gateway.Core.Errors;

/// <summary>Writes the one envelope: OpenAI's, or Anthropic's on the Messages API.</summary>
public static class ErrorWriter
{
    public const string SourceHeader = "x-gateway-error-source";

    /// <summary>Clients ask again after most errors; those that read this header do not where it says <c>false</c>.</summary>
    public const string RetryHeader = "x-should-retry";

    /// <summary>Answers with an error of the gateway. Nothing may have been sent before.</summary>
    public static Task WriteAsync(HttpContext context, GatewayError error, bool anthropic) => WriteAsync(context, error, Envelope(error, anthropic));

    /// <summary>Answers with an error of the gateway in an envelope that is neither API's. Nothing may have been sent before.</summary>
    public static Task WriteAsync(HttpContext context, GatewayError error, byte[] envelope)
    {
        var response = context.Response;
        Reset(response, error.Status, error.Code, "gateway");
        if (error.Status == 401)
        {
            response.Headers.WWWAuthenticate = "Bearer";
        }

        ComeBack(response, error.RetryAfterSeconds, error.Code);
        if (error.Allow is { } allow)
        {
            response.Headers.Allow = allow;
        }

        if (error.AcceptEncoding is { } codings)
        {
            response.Headers.AcceptEncoding = codings;
        }

        if (error.ClosesConnection)
        {
            response.Headers.Connection = "close";
        }

        return SendAsync(context, envelope);
    }

    /// <summary>Answers with an engine's error. Nothing may have been sent before.</summary>
    public static Task WriteAsync(HttpContext context, EngineError error, bool anthropic)
    {
        Reset(context.Response, error.Status, error.Code, "engine");
        ComeBack(context.Response, error.RetryAfterSeconds, error.Code);
        var body = error.Untouched is { } untouched && !anthropic ? untouched : Envelope(error, anthropic);
        return SendAsync(context, body);
    }

    public static byte[] Envelope(GatewayError error, bool anthropic) =>
        anthropic ? Anthropic(error.Status, error.Message) : OpenAi(error.Message, error.Type, error.Param, error.Code, error.Extra);

    public static byte[] Envelope(EngineError error, bool anthropic) =>
        anthropic ? Anthropic(error.Status, error.Message) : OpenAi(error.Message, error.Type, error.Param, error.Code, error.Extra);

    /// <summary>The same request would get the same answer, now and later.</summary>
    public static bool IsForGood(int status, string? code) => status switch
    {
        // A timeout, a conflict, something that is locked, something too early.
        408 or 409 or 423 or 425 => false,
        429 => code == "insufficient_quota",
        >= 400 and < 500 or 501 or 505 => true,
        _ => false,
    };

    // Every 503 says when to come back, whoever has said it.
    private static void ComeBack(HttpResponse response, int? seconds, string? code)
    {
        if ((seconds ?? (response.StatusCode == 503 ? GatewayError.SecondsToWait(code) : null)) is { } wait)
        {
            response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static void Reset(HttpResponse response, int status, string? code, string source)
    {
        response.StatusCode = status;
        response.Headers[RetryHeader] = IsForGood(status, code) ? "false" : default(StringValues);
        response.ContentLength = null;
        response.Headers.ContentEncoding = default;
        response.Headers[SourceHeader] = source;
        response.ContentType = "application/json";
    }

    private static Task SendAsync(HttpContext context, byte[] body)
    {
        context.Response.ContentLength = body.Length;
        return HttpMethods.IsHead(context.Request.Method)
            ? Task.CompletedTask
            : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static byte[] OpenAi(string message, string type, string? param, string? code, IReadOnlyList<(string Name, string RawValue)> extra)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + message.Length);
        using (var json = new Utf8JsonWriter(buffer, GatewayJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteStartObject("error"u8);
            json.WriteString("message"u8, message);
            json.WriteString("type"u8, type);
            json.WriteString("param"u8, param);
            json.WriteString("code"u8, code);
            foreach (var (name, value) in extra)
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Anthropic(int status, string message)
    {
        var buffer = new ArrayBufferWriter<byte>(128 + message.Length);
        using (var json = new Utf8JsonWriter(buffer, GatewayJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "error"u8);
            json.WriteStartObject("error"u8);
            json.WriteString("type"u8, AnthropicType(status));
            json.WriteString("message"u8, message);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static string AnthropicType(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 => "overloaded_error",
        504 => "timeout_error",
        >= 500 => "api_error",
        _ => "invalid_request_error",
    };
}
