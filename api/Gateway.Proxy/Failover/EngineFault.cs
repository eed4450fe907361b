using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Failover;

/// <summary>Why an engine could not be asked, or gave no answer that is HTTP.</summary>
/// <remarks>In words for the caller, and as a kind for what is tried next.</remarks>
internal static class EngineFault
{
    /// <summary>Explains a failed attempt of which nothing has been committed.</summary>
    /// <param name="attempt">The attempt; its replica is reported.</param>
    /// <param name="exception">What failed.</param>
    /// <param name="connectTimedOut">The deadline for connecting passed.</param>
    public static AttemptResult Of(Attempt attempt, Exception? exception, bool connectTimedOut)
    {
        if (connectTimedOut)
        {
            attempt.Replica.ReportUnreachable();
            var deadlines = attempt.Plan.Upstream.Backend.Deadlines;
            return AttemptResult.Of(GatewayError.UpstreamTimeout("connect", deadlines.Connect.TotalSeconds, deadlines.SettingOf(DeadlineNames.Connect)), FailureKind.Connect);
        }

        var request = exception as HttpRequestException;
        var kind = request is not null && NameFault.Is(request) ? HttpRequestError.NameResolutionError : request?.HttpRequestError;
        if (IsUnreachable(kind))
        {
            attempt.Replica.ReportUnreachable();
        }
        else
        {
            attempt.Replica.ReportSuspect();
        }

        return AttemptResult.Of(GatewayError.Upstream(Describe(attempt.Profile.DisplayName, kind)), IsUnreachable(kind) ? FailureKind.Connect : FailureKind.Reset);
    }

    /// <summary>The request could not be written, for a reason that is the same for every replica.</summary>
    /// <remarks>Failures on the wire have an HttpRequestError, or an inner I/O error.</remarks>
    public static bool IsOfRequest(Exception? exception) => exception switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.Unknown, InnerException: null } => true,
        FormatException or ArgumentException => true,
        _ => false,
    };

    private static bool IsUnreachable(HttpRequestError? error) =>
        error is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError;

    private static string Describe(string engine, HttpRequestError? error)
    {
        if (error == HttpRequestError.ConnectionError)
        {
            return $"{engine} refuses connections or cannot be reached.";
        }

        if (error == HttpRequestError.NameResolutionError)
        {
            return $"The name of {engine}'s host cannot be resolved.";
        }

        if (error == HttpRequestError.SecureConnectionError)
        {
            return $"A secure connection to {engine} failed: its certificate is not trusted or is for another host.";
        }

        return error == HttpRequestError.ResponseEnded
            ? $"{engine} closed the connection before answering."
            : $"{engine} did not send a valid HTTP answer.";
    }
}
