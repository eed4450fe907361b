using System.Text;
using Gateway.Bodies;
using Gateway.Configuration;
using Gateway.Endpoints;
using Gateway.Engines;
using Gateway.Errors;
using Gateway.Routing;
using Gateway.Telemetry;

namespace Gateway.Forwarding;

/// <summary>Turns a client's request and its route into what is sent to the engine.</summary>
internal sealed class PlanBuilder(GatewaySettings settings, CallerHold hold)
{
    /// <summary>Builds the plan.</summary>
    /// <param name="context">The request.</param>
    /// <param name="feature">Its facts.</param>
    /// <param name="request">What was read of it.</param>
    /// <param name="route">Where it goes.</param>
    /// <param name="upstream">The backend's rules.</param>
    /// <returns>The plan with the mended body, which the caller disposes of; or the error.</returns>
    public (ForwardPlan? Plan, BodyBuffer? Mended, GatewayError? Error) Build(
        HttpContext context, GatewayFeature feature, ClientRequest request, ModelRoute route, UpstreamBackend upstream)
    {
        var endpoint = feature.Endpoint!;
        var profile = route.Backend.Profile;
        if (HasForbiddenUrl(request, profile))
        {
            return (null, null, GatewayError.InvalidRequest("messages", "This gateway lets engines fetch no URLs (GATEWAY_MEDIA_URLS=deny): send images, audio and files as data: URLs."));
        }

        var usage = UsageRule(profile, endpoint);
        var (hides, collects) = (false, false);
        BodyBuffer? mended = null;
        if (request.Members is { } members)
        {
            var edit = upstream.Mender.Mend(members, endpoint, route.SendModel);
            hides = request.Streams && usage == StreamUsage.OnRequest && StreamAsk.Usage(edit);
            collects = upstream.StreamsPlain && CollectsFrom(request, edit, endpoint, usage);
            mended = edit.IsEmpty ? null : Write(edit, request.Body!.Value.Length);
        }
        else if (request.FormModel is { } range && route.SendModel is { } model)
        {
            mended = WithModel(request.Body!.Value.Span, range, model);
        }

        var plan = new ForwardPlan
        {
            Feature = feature,
            Endpoint = endpoint,
            Upstream = upstream,
            Path = profile.Endpoints[endpoint.Id].Path ?? context.Request.Path.Value!,
            Query = UpstreamQuery.Of(context.Request, feature.Key, profile, endpoint, route.SendModel),
            Body = mended?.Written ?? request.Body,
            HidesUsage = hides,
            Collects = collects,
            Streams = AsksForStream(request, collects),
            Buffer = HoldOf(request, upstream, endpoint),
            UsageRule = usage,
            TokensDue = route.Backend.Replicas.Count > 1 && endpoint.Stream != StreamShape.None ? ExpectedTokens.Of(request.Members, route.Backend.Lineage.TypicalTokens) : 0,
        };
        return (plan, mended, null);
    }

    private static bool? AsksForStream(ClientRequest request, bool collects) => request.Members is null ? null : request.Streams || collects;

    /// <summary>The model's name if it is one that the backend lists or the operator wrote, and so fit for a label.</summary>
    public static string? LabelOf(ModelRoute route, string? asked)
    {
        var name = route.SendModel ?? asked;
        return name is null || route.SendModel is not null ? name : route.Backend.Models.Find(name) is null ? null : name;
    }

    // Of the other shapes nobody can say whether they are whole.
    private CallerHold? HoldOf(ClientRequest request, UpstreamBackend upstream, EndpointSpec endpoint) =>
        upstream.BuffersStreams && request.Streams && (endpoint.Stream is StreamShape.Choices or StreamShape.Responses or StreamShape.Messages) ? hold : null;

    private bool HasForbiddenUrl(ClientRequest request, EngineProfile profile) =>
        settings.MediaUrls == MediaUrls.Deny && request.Members is { } seen && MediaGuard.HasRemoteUrl(seen.Body.Span, profile.Requests.FetchesMarkdownImages);

    private static bool CollectsFrom(ClientRequest request, JsonEdit edit, EndpointSpec endpoint, StreamUsage usage) =>
        !request.Streams && endpoint.Stream == StreamShape.Choices && StreamAsk.Stream(request.Members!, edit, usage != StreamUsage.Never);

    private static StreamUsage UsageRule(EngineProfile profile, EndpointSpec endpoint)
    {
        if (endpoint.Id == EndpointId.ChatCompletions)
        {
            return profile.Responses.ChatUsage;
        }

        return endpoint.Id == EndpointId.Completions ? profile.Responses.CompletionUsage : StreamUsage.Always;
    }

    private static BodyBuffer Write(JsonEdit edit, int size)
    {
        var buffer = new BodyBuffer(size + 128);
        edit.WriteTo(buffer);
        return buffer;
    }

    private static BodyBuffer WithModel(ReadOnlySpan<byte> body, Range range, string model)
    {
        var buffer = new BodyBuffer(body.Length + (model.Length * 3));
        System.Buffers.BuffersExtensions.Write(buffer, body[..range.Start]);
        System.Buffers.BuffersExtensions.Write(buffer, Encoding.UTF8.GetBytes(model));
        System.Buffers.BuffersExtensions.Write(buffer, body[range.End..]);
        return buffer;
    }
}
