using System.Net;
using Gateway.Core.Errors;

namespace Gateway.Proxy.Failover;

/// <summary>Why an attempt failed, as far as the retry rules distinguish it.</summary>
public enum FailureKind
{
    /// <summary>There is an answer.</summary>
    None,

    /// <summary>No connection.</summary>
    Connect,

    /// <summary>The connection broke before anything was committed.</summary>
    Reset,

    /// <summary>The answer cannot be read by a client. It cost the engine as much as a good one.</summary>
    Unreadable,

    /// <summary>429 or 503: the engine has too much to do, or is not ready.</summary>
    Overloaded,

    /// <summary>The engine cannot answer, now or soon: it has died, or its quota is used up.</summary>
    Down,

    /// <summary>500, 502, 504 or the like of the engine.</summary>
    ServerError,

    /// <summary>A deadline passed.</summary>
    Silence,

    /// <summary>The prompt does not fit this model's context.</summary>
    ContextLength,

    /// <summary>The engine refuses the gateway's own key.</summary>
    KeyRefused,

    /// <summary>The engine works but cannot run this model: another attempt on it would fail too.</summary>
    Model,

    /// <summary>The caller's mistake, or anything else that another attempt would not solve.</summary>
    Final,
}

/// <summary>What came of one attempt. Either it was answered (or its caller has left), or nothing was sent and one of the errors is
/// set.</summary>
public sealed record AttemptResult(FailureKind Kind, EngineError? EngineError = null, GatewayError? Failure = null)
{
    public static AttemptResult Answered { get; } = new(FailureKind.None);

    /// <summary>The failure is the replica's own and counts against it. A model that loads says nothing of the engine's others.</summary>
    public bool BlamesReplica =>
        Kind is FailureKind.Connect or FailureKind.Reset or FailureKind.Unreadable or FailureKind.Down or FailureKind.ServerError or FailureKind.Silence or FailureKind.KeyRefused
        || (Kind == FailureKind.Overloaded && EngineError?.Code != "engine_loading");

    /// <summary>The replica works: it has answered, or refused for a reason that is not its fault.</summary>
    public bool ProvesReplica => Kind == FailureKind.None || (EngineError is not null && !BlamesReplica);

    public static AttemptResult Of(EngineError error) => new(KindOf(error), EngineError: error);

    public static AttemptResult Of(GatewayError failure, FailureKind kind) => new(kind, Failure: failure);

    private static FailureKind KindOf(EngineError error)
    {
        if (error.Code == "context_length_exceeded")
        {
            return FailureKind.ContextLength;
        }

        if (error.Code is "engine_unavailable" or "insufficient_quota")
        {
            return FailureKind.Down;
        }

        return error.RefusesKey ? FailureKind.KeyRefused : error.Status switch
        {
            _ when error.Once => FailureKind.Model,
            429 or 503 or 529 => FailureKind.Overloaded,
            501 or 505 => FailureKind.Final,
            >= 500 => FailureKind.ServerError,
            _ => FailureKind.Final,
        };
    }
}

/// <summary>In place of an engine's answer: why there is none.</summary>
/// <remarks>It passes the handlers as a response, so that a failure is no exception.</remarks>
internal sealed class FailureResponse(AttemptResult result) : HttpResponseMessage(HttpStatusCode.BadGateway)
{
    public AttemptResult Result => result;
}
