using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Pipeline;
using Gateway.Proxy.Translation;

namespace Gateway.Proxy.Routing;

/// <summary>Everything about a request that is the same in each attempt.</summary>
public sealed class OutgoingRequest
{
    public required GatewayFeature Feature { get; init; }

    public required EndpointSpec Endpoint { get; init; }

    public required UpstreamBackend Upstream { get; init; }

    /// <summary>The engine's own path, with what the client appended to a family's route.</summary>
    public required string Path { get; init; }

    /// <summary>The query for the engine, with its question mark; empty when there is none.</summary>
    public required string Query { get; init; }

    /// <summary>The buffered body; null when the client's own stream is passed on, which can be tried only once.</summary>
    public ReadOnlyMemory<byte>? Body { get; set; }

    /// <summary>Turns the engine's answer into one of the API that was called; null where it is that API's.</summary>
    internal ITranslation? Translation { get; init; }

    /// <summary>What of the body was left out, for a header; null: nothing that the caller may miss.</summary>
    public string? Removed { get; init; }

    /// <summary>The gateway asked for a usage that the caller did not ask for.</summary>
    public bool HidesUsage { get; init; }

    /// <summary>The engine was asked for a stream, or for one piece.</summary>
    /// <remarks>Null where the request does not say so in a way that is read here.</remarks>
    public bool? Streams { get; init; }

    /// <summary>The stream is read whole before anything of it is sent; the caller gets comments meanwhile.</summary>
    public bool Buffers { get; init; }

    /// <summary>A stream that breaks is continued by another engine; without, it ends there.</summary>
    public bool Continues { get; set; }

    /// <summary>The caller wants one piece and the engine is asked for a stream, which is put together here.</summary>
    public bool Collects { get; init; }

    /// <summary>How many tokens the answer may have, where it matters for the choice of a replica; else 0.</summary>
    public int TokensDue { get; init; }

    /// <summary>The caller's name for the limit of the answer's tokens, where engines may name it otherwise.</summary>
    /// <remarks>Null: theirs is the caller's.</remarks>
    public string? LimitName { get; init; }

    /// <summary>When the engine's stream carries usage.</summary>
    public StreamUsage UsageRule { get; init; }
}
