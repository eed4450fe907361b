using System.Globalization;
using Gateway.Core.Errors;

namespace Gateway.Proxy.Failover;

/// <summary>What may be tried after each kind of failure, while nothing is committed.</summary>
/// <param name="OtherReplica">Another replica of the same backend.</param>
/// <param name="Fallback">A fallback of the model.</param>
/// <param name="SameReplica">The same replica after a pause, where there is nothing else.</param>
/// <param name="Times">How often at most among the replicas of one backend. The step to a fallback is not counted.</param>
internal readonly record struct RetryRule(bool OtherReplica, bool Fallback, bool SameReplica, int Times)
{
    private const int Any = int.MaxValue;

    /// <summary>The failure was costly for the engine, so the retries are limited.</summary>
    public bool IsLimited => Times is > 0 and < Any;

    public static RetryRule For(FailureKind kind) => kind switch
    {
        FailureKind.Connect => new(true, true, true, Any),
        FailureKind.Reset => new(true, true, true, Any),
        FailureKind.Overloaded => new(true, true, true, Any),
        FailureKind.Down => new(true, true, false, Any),
        FailureKind.ServerError => new(true, true, true, 1),
        // A replica that was silent once is not asked again.
        FailureKind.Silence => new(true, true, false, Any),
        // The work is done once by each engine, not three times by one.
        FailureKind.Unreadable => new(false, true, false, Any),
        FailureKind.ContextLength => new(false, true, false, Any),
        // All replicas of a backend are asked with the same key.
        FailureKind.KeyRefused => new(false, true, false, Any),
        FailureKind.Model => new(true, true, false, Any),
        FailureKind.None or FailureKind.Final => default,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The kind of failure as a metric's label.</summary>
    public static string Word(FailureKind kind) => kind switch
    {
        FailureKind.Connect => "connect",
        FailureKind.Reset => "reset",
        FailureKind.Unreadable => "unreadable",
        FailureKind.Overloaded => "overloaded",
        FailureKind.Down => "unavailable",
        FailureKind.ServerError => "server_error",
        FailureKind.Silence => "timeout",
        FailureKind.ContextLength => "context_length",
        FailureKind.KeyRefused => "key_refused",
        FailureKind.Model => "model",
        FailureKind.None or FailureKind.Final => "none",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}

/// <summary>An engine's <c>Retry-After</c>: seconds, or a date.</summary>
internal static class RetryAfter
{
    /// <summary>The pause for a <c>Retry-After</c> of 0.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private static readonly double MaxSeconds = TimeSpan.FromDays(366).TotalSeconds;

    /// <summary>Reads the header as whole seconds, which every client understands; null where there is nothing that can be read.</summary>
    public static int? Read(string? header, TimeProvider clock)
    {
        if (double.TryParse(header, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds))
        {
            return Whole(seconds);
        }

        return DateTimeOffset.TryParseExact(header, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? Whole((date - clock.GetUtcNow()).TotalSeconds) : null;
    }

    /// <summary>The time for which the engine asked; null where it did not.</summary>
    public static TimeSpan? Of(EngineError? error) =>
        error?.RetryAfterSeconds is not { } seconds ? null : seconds == 0 ? Shortest : TimeSpan.FromSeconds(seconds);

    private static int Whole(double seconds) => (int)Math.Ceiling(Math.Clamp(seconds, 0, MaxSeconds));
}
