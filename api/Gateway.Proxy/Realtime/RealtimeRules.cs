using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Realtime;

/// <summary>Checks each message of a session like a request.</summary>
/// <remarks>Tokens, models, size, what the engine may fetch or run, stored objects.</remarks>
internal sealed class RealtimeRules(GatewaySettings settings, KeyLimiter limiter, GatewayFeature request, UpstreamBackend upstream)
{
    private readonly bool _keepsObjects = !settings.MayUseObjects(request.Key);

    /// <summary>A message is read before any of it goes to the engine.</summary>
    public bool Reads { get; } = request.Key is { Models.Count: > 0 } || settings.MediaUrls == MediaUrls.Deny || upstream.StripsServerTools || !settings.MayUseObjects(request.Key);

    /// <summary>The largest message of a client.</summary>
    public long MaxMessage => settings.MaxBodyBytes;

    /// <summary>The key has used up its tokens, or the message has grown too large.</summary>
    public GatewayError? CheckUse(long size) => size > MaxMessage
        ? GatewayError.MessageTooLarge(MaxMessage)
        : limiter.Over(request);

    /// <summary>Counts what the session has used so far, beside what was counted before.</summary>
    public void Charge(in TokenUsage sum)
    {
        var tokens = sum.Input + sum.Output - request.Charged;
        if (tokens > 0)
        {
            limiter.Spend(request, tokens);
        }
    }

    /// <summary>Judges a whole message of the client's.</summary>
    public GatewayError? Check(ReadOnlyMemory<byte> message, bool text)
    {
        // Sound, or a text without an object in it: there is nothing in it that an engine could read.
        if (text ? message.Span.IndexOf((byte)'{') < 0 : message.Span.TrimStart(" \t\r\n\uFEFF"u8) is not [(byte)'{', ..])
        {
            return null;
        }

        if (!JsonMembers.TryParse(message, out var members, out var fault))
        {
            return GatewayError.InvalidJson(fault);
        }

        if (settings.MediaUrls == MediaUrls.Deny && MediaGuard.Find(message.Span, upstream.Backend.Profile.Requests) is { } address)
        {
            return MediaRule.Refuse(address);
        }

        if (_keepsObjects && ObjectRule.Reference(members, stored: true) is { } reference)
        {
            return GatewayError.ObjectsClosed(reference);
        }

        return CheckNames(message.Span);
    }

    // A session, an answer and a transcript each have a model; a session and an answer have tools.
    private GatewayError? CheckNames(ReadOnlySpan<byte> message)
    {
        var reader = new Utf8JsonReader(message, MediaGuard.Options);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            var name = MediaGuard.Text(ref reader);
            if (MediaGuard.NameKind(name, MediaFields.Common) == MediaName.Apart)
            {
                reader.Skip();
            }
            else if (FoldedName.Equal(name, "model"u8) && reader.Read() && CheckModel(ref reader) is { } unknown)
            {
                return unknown;
            }
            else if (upstream.StripsServerTools && FoldedName.Equal(name, "tools"u8) && reader.Read() && CheckTools(ref reader) is { } served)
            {
                return served;
            }
        }

        return null;
    }

    private GatewayError? CheckModel(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Null or JsonTokenType.StartObject or JsonTokenType.StartArray || request.Key is not { Models.Count: > 0 } key)
        {
            return null;
        }

        var model = System.Text.Encoding.UTF8.GetString(MediaGuard.Text(ref reader));
        return key.MayUse(model) ? null : GatewayError.ModelNotFound(model.Length <= 512 ? model : model[..512]);
    }

    private static GatewayError? CheckTools(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return null;
        }

        var tools = JsonElement.ParseValue(ref reader);
        return tools.EnumerateArray().Select(ServerTools.TypeOf).FirstOrDefault(type => type is not null) is { } served
            ? GatewayError.InvalidRequest("tools", $"{served} is a tool that the server runs. This gateway removes such tools (GATEWAY_SERVER_TOOLS).")
            : null;
    }
}
