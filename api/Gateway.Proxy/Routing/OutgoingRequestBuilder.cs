using System.Text;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Responses;
using Gateway.Proxy.Translation;

namespace Gateway.Proxy.Routing;

/// <summary>Turns a client's request and its route into what is sent to the engine.</summary>
public sealed class OutgoingRequestBuilder(GatewaySettings settings, BodyMemory memory, TimeProvider clock)
{
    /// <summary>A caller may repeat what is left out without end.</summary>
    private const int MostShown = 16;

    /// <summary>Builds the plan.</summary>
    /// <param name="context">The request.</param>
    /// <param name="feature">Its facts.</param>
    /// <param name="request">What was read of it.</param>
    /// <param name="route">Where it goes.</param>
    /// <param name="upstream">The backend's rules.</param>
    /// <returns>The plan with the edited body, which the caller disposes of; or the error.</returns>
    public (OutgoingRequest? Plan, BodyBuffer? Edited, GatewayError? Error) Build(
        HttpContext context, GatewayFeature feature, ClientRequest request, ModelRoute route, UpstreamBackend upstream)
    {
        var endpoint = feature.Endpoint!;
        var profile = route.Backend.Profile;
        if (Forbidden(context.Request, feature, request, profile) is { } forbidden)
        {
            return (null, null, forbidden);
        }

        if (Translate(ref endpoint, ref request, route, out var translation) is { } untranslated)
        {
            return (null, null, untranslated);
        }

        var usage = UsageRule(profile, endpoint);
        if (Change(request, context.Request.ContentType, endpoint, route, upstream, usage, out var body) is { } refused)
        {
            return (null, null, refused);
        }

        var plan = new OutgoingRequest
        {
            Feature = feature,
            Endpoint = endpoint,
            Upstream = upstream,
            Path = PathOf(context.Request, profile, endpoint, translation),
            Query = translation is null ? UpstreamQuery.Of(context.Request, feature.Key, profile, endpoint, route.SendModel) : "",
            Body = request.Body,
            Translation = translation,
            Removed = Shown(body.Removed, translation?.LeftOut),
            HidesUsage = body.HidesUsage,
            Collects = body.Collects,
            Streams = AsksForStream(request, endpoint, body.Collects),
            Buffers = BuffersStream(request, upstream, endpoint),
            UsageRule = usage,
            LimitName = translation is null ? LimitName(endpoint, request) : null,
            TokensDue = TokensDue(request, route.Backend, endpoint),
        };
        // Last, because the caller owns the buffer with the plan: a fault before this has nothing to give back.
        var edited = Edited(request, body.Edit, body.Without, route.SendModel);
        plan.Body = edited?.Written ?? plan.Body;
        return (plan, edited, null);
    }

    // A request to an endpoint that the engine lacks becomes one to the endpoint that it is translated to.
    private GatewayError? Translate(ref EndpointSpec endpoint, ref ClientRequest request, ModelRoute route, out ITranslation? translation)
    {
        translation = null;
        if (!route.Backend.Translates(endpoint))
        {
            return null;
        }

        (translation, var error) = Translations.Create(endpoint.Id, request, route, settings, clock);
        if (translation is not null)
        {
            (endpoint, request) = (EndpointCatalog.Find(endpoint.Over!.Value), ClientRequest.Of(translation, request.Model));
        }

        return error;
    }

    private static string PathOf(HttpRequest request, EngineProfile profile, EndpointSpec endpoint, ITranslation? translation) =>
        profile.Endpoints[endpoint.Id].Path ?? (translation is null ? request.Path.Value! : endpoint.Route);

    private static string? LimitName(EndpointSpec endpoint, ClientRequest request) =>
        endpoint.Id == EndpointId.ChatCompletions && request.Members is { } members ? AnswerLength.NewerName(members) : null;

    // Without a choice of replicas the number is of no use.
    private static int TokensDue(ClientRequest request, Backend backend, EndpointSpec endpoint) =>
        backend.Replicas.Count > 1 && endpoint.Stream != StreamShape.None ? ExpectedTokens.Of(request.Members, backend.Shared.TypicalTokens) : 0;

    // For a header.
    private static string? Shown(List<string>? removed, IReadOnlyList<string>? leftOut)
    {
        var all = (removed ?? []).Concat(leftOut ?? []).Take(MostShown).ToList();
        return all.Count == 0 ? null : string.Join(", ", all);
    }

    // Where a request names no model, whether it asks for a stream was not read.
    private static bool? AsksForStream(ClientRequest request, EndpointSpec endpoint, bool collects) =>
        request.Members is null || endpoint.Model == ModelLocation.None ? null : request.Streams || collects;

    private BodyBuffer? Edited(ClientRequest request, JsonEdit? edit, List<Range>? without, string? sendModel)
    {
        if (edit is not null)
        {
            return edit.IsEmpty ? null : Write(edit, request.Body!.Value.Length);
        }

        return request.Body is { } form && (without is not null || (request.FormModel is not null && sendModel is not null))
            ? WriteForm(form.Span, without ?? [], sendModel is null ? null : request.FormModel, sendModel) : null;
    }

    /// <summary>The model's name if it is one that the backend lists or the operator wrote, and so fit for a label.</summary>
    public static string? LabelOf(ModelRoute route, string? asked)
    {
        var name = route.SendModel ?? asked;
        return name is null || route.SendModel is not null ? name : route.Backend.Models.Find(name) is null ? null : name;
    }

    // What no engine may see of this request.
    private GatewayError? Forbidden(HttpRequest http, GatewayFeature feature, ClientRequest request, EngineProfile profile)
    {
        if (settings.MediaUrls == MediaUrls.Deny && MediaRule.Check(http, feature.Endpoint!, request, profile.Requests) is { } forbidden)
        {
            return forbidden;
        }

        return settings.ClosesObjects && request.Members is { } members && !settings.MayUseObjects(feature.Key)
            && ObjectRule.Reference(members, stored: profile.Endpoints[EndpointId.Files].Served) is { } reference
                ? GatewayError.ObjectsClosed(reference)
                : null;
    }

    private static GatewayError? Change(ClientRequest request, string? contentType, EndpointSpec endpoint, ModelRoute route, UpstreamBackend upstream, StreamUsage usage, out Outgoing body)
    {
        body = default;
        if (request.Members is not { } members)
        {
            if (endpoint.Model == ModelLocation.Form && request.Body is { } form)
            {
                var (parts, left) = upstream.Editor.Edit(contentType, form.Span);
                body = new Outgoing { Without = parts.Count == 0 ? null : parts, Removed = left };
            }

            return null;
        }

        var (edit, removed, refused) = upstream.Editor.Edit(members, endpoint, route.SendModel);
        if (refused is not null)
        {
            return refused;
        }

        if (upstream.ClampsTokens && Context(route, request) is { } limit)
        {
            AnswerLength.Clamp(members, edit, limit);
        }

        var hides = request.Streams && usage == StreamUsage.OnRequest && UsageRequest.Add(edit);
        var collects = upstream.StreamsPlain && CollectsFrom(request, edit, endpoint, usage);
        body = new Outgoing { Edit = edit, Removed = removed, HidesUsage = hides, Collects = collects };
        return null;
    }

    // Whether a stream of another shape is complete cannot be checked.
    private static bool BuffersStream(ClientRequest request, UpstreamBackend upstream, EndpointSpec endpoint) =>
        upstream.BuffersStreams && request.Streams && endpoint.Stream is (StreamShape.Choices or StreamShape.Responses or StreamShape.Messages);

    // As the engine lists it: adapters have the length of the one model below them. Else as its operator states it.
    private static int? Context(ModelRoute route, ClientRequest request) =>
        Listed(route.Backend, route.SendModel ?? request.Model) ?? route.Backend.Settings.ContextWindow;

    private static int? Listed(Backend backend, string? model)
    {
        if (model is not null && backend.Models.Find(model)?.MaxLength is { } own)
        {
            return own;
        }

        var all = backend.Models.All;
        return all.Count > 0 && all[0].MaxLength is { } first && (model is null || backend.Models.Find(model) is not null) && all.Skip(1).All(other => other.MaxLength is null) ? first : null;
    }

    private static bool CollectsFrom(ClientRequest request, JsonEdit edit, EndpointSpec endpoint, StreamUsage usage) =>
        !request.Streams && endpoint.Stream == StreamShape.Choices && UsageRequest.AddStream(request.Members!, edit, usage != StreamUsage.Never);

    private static StreamUsage UsageRule(EngineProfile profile, EndpointSpec endpoint)
    {
        if (endpoint.Id == EndpointId.ChatCompletions)
        {
            return profile.Responses.ChatUsage;
        }

        return endpoint.Id == EndpointId.Completions ? profile.Responses.CompletionUsage : StreamUsage.Always;
    }

    private BodyBuffer Write(JsonEdit edit, int size)
    {
        var buffer = new BodyBuffer(size + 128, memory);
        var written = false;
        try
        {
            edit.WriteTo(buffer);
            written = true;
            return buffer;
        }
        finally
        {
            // It may grow beyond what there is memory for.
            if (!written)
            {
                buffer.Dispose();
            }
        }
    }

    // Parts lie in their order, and the model's is none of those that go.
    private BodyBuffer WriteForm(ReadOnlySpan<byte> form, List<Range> without, Range? model, string? sendModel)
    {
        var buffer = new BodyBuffer(form.Length + ((sendModel?.Length ?? 0) * 3), memory);
        var (at, named) = (0, model is null);
        foreach (var gap in without.Append(form.Length..form.Length))
        {
            if (!named && model!.Value.Start.Value < gap.Start.Value)
            {
                System.Buffers.BuffersExtensions.Write(buffer, form[at..model.Value.Start]);
                System.Buffers.BuffersExtensions.Write(buffer, Encoding.UTF8.GetBytes(sendModel!));
                (at, named) = (model.Value.End.Value, true);
            }

            System.Buffers.BuffersExtensions.Write(buffer, form[at..Math.Max(at, gap.Start.Value)]);
            at = Math.Max(at, gap.End.Value);
        }

        return buffer;
    }

    /// <summary>A body as the engine gets it.</summary>
    private readonly struct Outgoing
    {
        /// <summary>What changes in a JSON body; null for any other.</summary>
        public JsonEdit? Edit { get; init; }

        /// <summary>The parts of a form that are left out; null: none.</summary>
        public List<Range>? Without { get; init; }

        public List<string>? Removed { get; init; }

        public bool HidesUsage { get; init; }

        public bool Collects { get; init; }
    }
}
