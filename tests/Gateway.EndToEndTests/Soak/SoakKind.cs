using System.Globalization;
using System.Text;
using Gateway.EndToEndTests.Faults.Scorecard;
using Gateway.Fakes;

namespace Gateway.EndToEndTests.Soak;

/// <summary>One kind of request of the soak: what goes wrong with it, and the one thing that its caller may see.</summary>
/// <param name="Name">Also the mark in the request's id, by which the engine knows what to do.</param>
/// <param name="Share">How many of a hundred.</param>
/// <param name="Expected">What the caller has to see.</param>
/// <param name="Stream">A stream is asked for.</param>
/// <param name="Fails">The reply of every attempt that fails; null: none does.</param>
/// <param name="Times">How many attempts fail before one is answered.</param>
/// <param name="Also">The other honest end, whatever the attempts: the failure itself, when the retry budget is used up by the others.</param>
internal sealed record SoakKind(string Name, int Share, string Expected, bool Stream, Reply? Fails = null, int Times = int.MaxValue, string? Also = null)
{
    /// <summary>The caller leaves when the engine has begun to answer.</summary>
    public bool Leaves { get; init; }

    /// <summary>It may come to its expected end at a later attempt too: those before it failed before anything was committed.</summary>
    public bool AtAnyAttempt { get; init; }

    public const string Left = "left";

    private const string Upstream = "502 upstream_error from the gateway";

    private const string Failed = "500 server_error from the engine";

    private const string Interrupted = "200 started, then one error event stream_interrupted, clean end, attempts 1";

    public static IReadOnlyList<SoakKind> All { get; } =
    [
        new("plain", 34, "200 complete, attempts 1", Stream: false),
        new("stream", 34, "200 complete, attempts 1", Stream: true),
        new("reset", 4, "200 complete, attempts 2", Stream: false, Replies.Cut(reset: true), 1, Upstream),
        new("reset-stream", 4, "200 complete, attempts 2", Stream: true, Replies.Cut(reset: true), 1, Upstream),
        new("error-once", 3, "200 complete, attempts 2", Stream: true, Trial.ServerError(500), 1, Failed),
        new("error", 3, "500 server_error from the engine, attempts 2", Stream: false, Trial.ServerError(500), Also: Failed),
        new("busy", 2, "200 complete, attempts 2", Stream: false, Replies.Status(429, Trial.Overloaded), 1, "429 rate_limit_exceeded from the engine"),
        new("context", 2, "400 context_length_exceeded from the engine, attempts 1", Stream: true, Replies.Error("context_length")),
        new("page", 2, "200 complete, attempts 2", Stream: false, Replies.Html, 1, Upstream),
        new("end", 3, Interrupted, Stream: true, Replies.EndAfterFrames(3)),
        new("bad-event", 2, Interrupted, Stream: true, BadEvent, Also: Upstream) { AtAnyAttempt = true },
        new("stall", 1, "200 started, then one error event stream_interrupted (GATEWAY_IDLE_TIMEOUT_SECONDS), clean end, attempts 1", Stream: true, Replies.StallAfterFrames(3)),
        new("leave-stream", 3, Left, Stream: true, Replies.StallAfterFrames(2)) { Leaves = true },
        new("leave-plain", 3, Left, Stream: false, Replies.StallBeforeHeaders) { Leaves = true },
    ];

    /// <summary>The caller saw one of the two ends, and the engines were asked as often as it was told.</summary>
    public bool IsHonest(string seen, int asked)
    {
        var parts = seen.Split(", attempts ", 2);
        return (seen == Expected || parts[0] == Also || (AtAnyAttempt && parts[0] == Expected.Split(", attempts ", 2)[0])) && asked == (parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1);
    }

    // Where it comes in one piece with the beginning, nothing is committed yet, and the answer is tried again.
    private static Reply BadEvent => exchange =>
        Replies.Pieces([.. Frames.Split(DefaultAnswer.Stream(exchange)!).Take(2), Encoding.UTF8.GetBytes("data: {\"choices\":[{\"delta\"\n\n")])(exchange);
}
