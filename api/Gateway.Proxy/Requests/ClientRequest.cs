using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Translation;
using Microsoft.AspNetCore.Http.Features;

namespace Gateway.Proxy.Requests;

/// <summary>What the gateway reads of a client's request: the model's name, and whether a stream is asked for.</summary>
public sealed class ClientRequest : IDisposable
{
    private const int MaxModelName = 512;

    private readonly ReadOnlyMemory<byte>? _translated;
    private BodyBuffer? _buffer;

    public ClientRequest()
    {
    }

    private ClientRequest(ITranslation translation, string? model)
    {
        _translated = translation.Body;
        Streams = translation.Streams;
        Model = model;
        if (!JsonMembers.TryParse(translation.Body, out var members, out var fault))
        {
            throw new InvalidOperationException($"A translation wrote a body that is no JSON object: {fault}");
        }

        Members = members;
    }

    /// <summary>The buffered body; null where it is passed on as it comes.</summary>
    public ReadOnlyMemory<byte>? Body => _translated ?? _buffer?.Written;

    /// <summary>The members of a JSON body.</summary>
    public JsonMembers? Members { get; private set; }

    /// <summary>Where the model's name lies in a form.</summary>
    public Range? FormModel { get; private set; }

    public string? Model { get; private set; }

    /// <summary>The JSON body has <c>"stream": true</c>.</summary>
    public bool Streams { get; private set; }

    /// <summary>The request as its translation sends it on.</summary>
    /// <param name="translation">The translation, which has the body.</param>
    /// <param name="model">The model as the client named it.</param>
    internal static ClientRequest Of(ITranslation translation, string? model) => new(translation, model);

    /// <summary>Reads what the endpoint's kind of request calls for.</summary>
    /// <returns>The request, or the error for the caller.</returns>
    public static async ValueTask<(ClientRequest? Request, GatewayError? Error)> ReadAsync(HttpContext context, EndpointSpec endpoint, GatewaySettings settings, BodyMemory? memory = null)
    {
        if (context.Request.ContentLength > settings.MaxBodyBytes)
        {
            return (null, GatewayError.TooLarge(settings.MaxBodyBytes));
        }

        var request = new ClientRequest();
        var taken = false;
        try
        {
            var error = endpoint.Model switch
            {
                ModelLocation.Json or ModelLocation.Form => await request.ReadBodyAsync(context, endpoint, settings.MaxBodyBytes, memory),
                ModelLocation.Query => request.Take(context.Request.Query["model"].ToString()),
                ModelLocation.None => ReadsInside(context.Request, endpoint, settings)
                    ? await request.ReadUnnamedAsync(context, settings.MaxBodyBytes, memory)
                    : await request.PassBodyAsync(context, settings.MaxBodyBytes, memory),
                _ => throw new InvalidOperationException($"{endpoint.Model} is not read."),
            };
            taken = error is null;
            return (taken ? request : null, error);
        }
        finally
        {
            if (!taken)
            {
                request.Dispose();
            }
        }
    }

    // Nothing of these says which model it is for. They are buffered only where a rule has to read them; of files, only those with the
    // lines of a batch.
    private static bool ReadsInside(HttpRequest request, EndpointSpec endpoint, GatewaySettings settings) =>
        HttpMethods.IsPost(request.Method) && (settings.MediaUrls == MediaUrls.Deny || settings.ClosesObjects)
        && !(endpoint.KeepsFiles && IsForm(request.ContentType) && settings.MediaUrls != MediaUrls.Deny);

    private static bool IsForm(string? contentType) => contentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true;

    private async ValueTask<GatewayError?> ReadUnnamedAsync(HttpContext context, long limit, BodyMemory? memory)
    {
        if (await HoldBodyAsync(context, limit, memory) is { } unreadable)
        {
            return unreadable;
        }

        if (IsForm(context.Request.ContentType) || _buffer!.Written.Span.TrimStart(" \t\r\n"u8) is not [(byte)'{', ..])
        {
            return null;
        }

        var sound = JsonMembers.TryParse(_buffer.Written, out var members, out var fault);
        Members = members;
        return sound ? null : GatewayError.InvalidJson(fault!);
    }

    public void Dispose()
    {
        _buffer?.Dispose();
        _buffer = null;
    }

    private async ValueTask<GatewayError?> ReadBodyAsync(HttpContext context, EndpointSpec endpoint, long limit, BodyMemory? memory)
    {
        if (await HoldBodyAsync(context, limit, memory) is { } unreadable)
        {
            return unreadable;
        }

        if (_buffer!.Length >= LargeBody.Bytes)
        {
            await Task.Yield();
        }

        return endpoint.Model == ModelLocation.Json || context.Request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true
            ? ReadJson()
            : ReadForm(context.Request.ContentType);
    }

    // Reads the whole body into the buffer, unpacked.
    private async ValueTask<GatewayError?> HoldBodyAsync(HttpContext context, long limit, BodyMemory? memory)
    {
        if (CompressedBody.Is(context.Request))
        {
            (_buffer, var undecoded) = await CompressedBody.ReadAsync(context, limit, memory);
            if (undecoded is not null)
            {
                return undecoded;
            }
        }
        else
        {
            _buffer = await BodyReader.ReadAsync(context.Request, limit, memory, context.RequestAborted);
        }

        return _buffer is null ? GatewayError.TooLarge(limit) : null;
    }

    // What goes to the engine as it comes has the same limit, and what is compressed is decompressed first: engines do not do it.
    private async ValueTask<GatewayError?> PassBodyAsync(HttpContext context, long limit, BodyMemory? memory)
    {
        if (CompressedBody.Is(context.Request))
        {
            (_buffer, var undecoded) = await CompressedBody.ReadAsync(context, limit, memory);
            return undecoded;
        }

        if (context.Request.ContentLength is null && context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true } && context.Request.Headers.TransferEncoding.Count > 0)
        {
            context.Request.Body = new LimitedStream(context.Request.Body, limit);
        }

        return null;
    }

    private GatewayError? ReadJson()
    {
        // Editors and shells of Windows put it there; some engines take it, others do not.
        _buffer!.Skip("\uFEFF"u8);
        var body = _buffer.Written;
        if (!JsonMembers.TryParse(body, out var members, out var fault))
        {
            return GatewayError.InvalidJson(fault);
        }

        Members = members;
        var ambiguous = members.IsAmbiguous("model"u8) ? "model" : members.IsAmbiguous("stream"u8) ? "stream" : members.IsAmbiguous("stream_options"u8) ? "stream_options" : null;
        if (ambiguous is not null)
        {
            return GatewayError.InvalidJson($"The body has the member `{ambiguous}` more than once, or not in lower case.") with { Param = ambiguous };
        }

        Streams = members.Find("stream"u8) is { Kind: JsonTokenType.True };
        if (members.Find("model"u8) is not { } model || model.Kind == JsonTokenType.Null)
        {
            return null;
        }

        return model.Kind == JsonTokenType.String
            ? TakeText(members.Value(model))
            : GatewayError.InvalidRequest("model", "`model` must be a string.");
    }

    private GatewayError? TakeText(ReadOnlySpan<byte> json)
    {
        if (json.Length > (MaxModelName * 6) + 2)
        {
            return Take(null);
        }

        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            return Take(reader.GetString());
        }
        catch (InvalidOperationException)
        {
            return GatewayError.InvalidRequest("model", "`model` is not valid text: it contains half of a surrogate pair.");
        }
    }

    private GatewayError? ReadForm(string? contentType)
    {
        var body = _buffer!.Written.Span;
        var (text, fault) = FormPeek.Find(contentType, body, "model");
        if (fault is not null)
        {
            return GatewayError.InvalidRequest("model", fault) with { Param = null };
        }

        FormModel = text;
        return text is { } range ? Take(body[range].Length > MaxModelName * 4 ? null : System.Text.Encoding.UTF8.GetString(body[range])) : null;
    }

    private GatewayError? Take(string? model)
    {
        if (model is null || model.Length > MaxModelName)
        {
            return GatewayError.InvalidRequest("model", "`model` is longer than 512 characters.");
        }

        Model = model.Length == 0 ? null : model;
        return null;
    }
}
