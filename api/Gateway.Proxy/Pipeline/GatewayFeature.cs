using System.Diagnostics;
using Gateway.Core.Configuration;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Failover;
using Gateway.Proxy.Limits;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Routing;
using Gateway.Proxy.Telemetry;

namespace Gateway.Proxy.Pipeline;

/// <summary>How a request ended.</summary>
public enum Outcome
{
    /// <summary>Nothing decided yet.</summary>
    Pending,

    /// <summary>The engine's answer was relayed whole.</summary>
    Ok,

    /// <summary>The engine's own error was relayed.</summary>
    EngineError,

    /// <summary>The gateway refused or could not get an answer.</summary>
    GatewayError,

    /// <summary>A stream broke after it had begun.</summary>
    Interrupted,

    /// <summary>The caller left.</summary>
    Canceled,
}

/// <summary>The facts of one request, gathered on its way: the one place where its parts leave word for each other.</summary>
public sealed class GatewayFeature
{
    private TokenUsage _usage;

    public required string RequestId { get; init; }

    /// <summary>Timestamp of the request's arrival, from the clock's own counter.</summary>
    public required long StartedAt { get; init; }

    /// <summary>The settings that the request goes by, and what is made from them.</summary>
    public GatewaySnapshot Snapshot { get; init; } = null!;

    /// <summary>Null where the path is no endpoint's.</summary>
    public EndpointSpec? Endpoint { get; set; }

    /// <summary>The route of an engine's own API that was called; null for any other.</summary>
    public NativeMatch? Native { get; set; }

    /// <summary>What was read of the request; null before it.</summary>
    public ClientRequest? Body { get; set; }

    /// <summary>The model's own backend, and what may answer in its place.</summary>
    public IReadOnlyList<ModelRoute> Targets { get; set; } = [];

    /// <summary>The attempts of a request that goes to an engine.</summary>
    internal RequestAttempts? Run { get; set; }

    /// <summary>The client's key; null for anonymous.</summary>
    public ClientKey? Key { get; set; }

    public string? KeyName => Key?.Name;

    /// <summary>The model as the client named it.</summary>
    public string? Model { get; set; }

    /// <summary>The backend that answers, or was asked last.</summary>
    public string? Backend { get; set; }

    /// <summary>The model's own backend. Another than <see cref="Backend"/> where a fallback answers.</summary>
    public string? OwnBackend { get; set; }

    /// <summary>The model as its backend lists it, which makes it fit for a label; null when no backend lists it.</summary>
    public string? ServedModel { get; set; }

    public int Attempts { get; set; }

    public bool Streamed { get; set; }

    /// <summary>The caller has the status 200, but no part of an answer yet.</summary>
    public bool AnswerBegan { get; set; }

    public Outcome Outcome { get; set; }

    /// <summary>Code or type of the error, for the log.</summary>
    public string? Error { get; set; }

    /// <summary>Timestamp of the first frame with content, 0 before it.</summary>
    public long FirstTokenAt { get; set; }

    /// <summary>Timestamp of the moment in which the first engine was asked, 0 before it.</summary>
    public long FirstSentAt { get; set; }

    /// <summary>Timestamp of the moment in which the latest engine was asked.</summary>
    public long SentAt { get; set; }

    /// <summary>What was spent waiting for a place or for an engine to load, in the clock's own ticks.</summary>
    public long QueuedFor { get; set; }

    /// <summary>What was spent receiving the caller's body, in the clock's own ticks.</summary>
    public long ReadingFor { get; set; }

    public ref TokenUsage Usage => ref _usage;

    /// <summary>The request's span; null when it is not traced.</summary>
    public Activity? Span { get; set; }

    /// <summary>Answers in one request (<c>n</c>).</summary>
    public int Choices { get; set; } = 1;

    /// <summary>Prompts in one request.</summary>
    public int Prompts { get; set; } = 1;

    /// <summary>Tokens of the prompt by a rule of thumb; only for keys with limits.</summary>
    public long PromptEstimate { get; set; }

    /// <summary>Tokens of prompt and answer that it may come to; only for keys with limits.</summary>
    public long TokenEstimate { get; set; }

    /// <summary>What it has reserved of its key's limits.</summary>
    public KeyHold Hold { get; set; }

    /// <summary>Tokens of a session that its key was charged while it ran.</summary>
    public long Charged { get; set; }

    public bool AnthropicErrors => AnthropicCaller || Endpoint is { AnthropicErrors: true };

    /// <summary>The path is in no table, or in both APIs, and its caller speaks Anthropic's.</summary>
    public bool AnthropicCaller { get; set; }
}
