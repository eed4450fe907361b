using Gateway.Fakes;

namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>Faults before the first byte: another replica, the same one after a pause, or an honest error.</summary>
internal static class BeforeTheAnswer
{
    private const string Busy = "rate_limit_exceeded from the engine";

    public static IEnumerable<FaultCase> All { get; } =
    [
        .. Trial.Both("429 with Retry-After: 1, once, another replica", "200 complete, attempts 2", "2", 2, rig => rig.First(1, Trial.RetryAfter(429, "1"))),
        Trial.Of("429 with Retry-After: 1, once, no other replica", "200 complete, attempts 2", "2", 1, rig => rig.First(1, Trial.RetryAfter(429, "1"))),
        Trial.Of("429 with Retry-After: 1, every time", $"429 {Busy}, Retry-After 1, attempts 3", "3", 1, rig => rig.Always(Trial.RetryAfter(429, "1"))),
        Trial.Of("429 with Retry-After: 60, every time", $"429 {Busy}, Retry-After 60, attempts 1", "1", 1, rig => rig.Always(Trial.RetryAfter(429, "60"))),
        .. Trial.Both("500 once", "200 complete, attempts 2", "2", 2, rig => rig.First(1, Trial.ServerError(500))),
        .. Trial.Both("500 every time", "500 server_error from the engine, attempts 2", "2", 3, rig => rig.Always(Trial.ServerError(500))),
        Trial.Of("502 once", "200 complete, attempts 2", "2", 2, rig => rig.First(1, Trial.ServerError(502))),
        Trial.Of("504 once", "200 complete, attempts 2", "2", 2, rig => rig.First(1, Trial.ServerError(504))),
        .. Trial.Both("503 once", "200 complete, attempts 2", "2", 2, rig => rig.First(1, Trial.ServerError(503))),
        .. Trial.Both("503 every time", "503 server_error from the engine, Retry-After 2, attempts 3", "3", 2, rig => rig.Always(Trial.ServerError(503))),
        .. Trial.Both("Reset before headers, once", "200 complete, attempts 2", "2", 2, rig => rig.First(1, Replies.Cut(reset: true))),
        .. Trial.Both("Reset before headers, every time", "502 upstream_error from the gateway, attempts 3", "3", 2, rig => rig.Always(Replies.Cut(reset: true))),
        Trial.Of("Orderly end before headers, once", "200 complete, attempts 2", "2", 2, rig => rig.First(1, Replies.Cut(reset: false))),
        .. Trial.Both("Silence instead of headers, once", "200 complete, attempts 2", "2", 2, rig => rig.First(1, Replies.StallBeforeHeaders), Headers),
        .. Trial.Both("Silence instead of headers, every time", "504 upstream_timeout (GATEWAY_HEADERS_TIMEOUT_SECONDS) from the gateway, attempts 2", "2", 2, rig => rig.Always(Replies.StallBeforeHeaders), Headers),
        Trial.Of("Silence past the total deadline", "504 upstream_timeout (GATEWAY_TOTAL_TIMEOUT_SECONDS) from the gateway, attempts 1", "1", 1, rig => rig.Always(Replies.StallBeforeHeaders), true, ("GATEWAY_TOTAL_TIMEOUT_SECONDS", "0.4")),
        Trial.Of("Late first token, within its deadline", "200 complete, attempts 1", "1", 2, rig => rig.Always(Replies.Slow(TimeSpan.FromSeconds(0.5)))),
        Trial.Of("No first token, once", "200 complete, attempts 2", "2", 2, rig => rig.First(1, Replies.StallAfterHeaders), true, FirstToken),
        Trial.Of("No first token, every time", "504 first_token_timeout (GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS) from the gateway, attempts 2", "2", 2, rig => rig.Always(Replies.StallAfterHeaders), true, FirstToken),
        .. RoleAlone,
        Trial.Of("Headers, then half a plain answer and silence", "504 upstream_timeout (GATEWAY_IDLE_TIMEOUT_SECONDS) from the gateway, attempts 1", "1", 1, rig => rig.Always(Replies.StallAfterHeaders), false, ("GATEWAY_IDLE_TIMEOUT_SECONDS", "0.4")),
        .. Trial.Both("A web page with status 200, once", "200 complete, attempts 2", "2", 2, rig => rig.First(1, Replies.Html)),
        Trial.Of("An error disguised as a stream of status 200, every time", "500 server_error from the engine, attempts 2", "2", 2, rig => rig.Always(Replies.Pieces(["data: {\"error\":{\"message\":\"boom\",\"type\":\"InternalServerError\",\"code\":500}}\n\n"u8.ToArray()]))),
        .. Mistakes,
    ];

    // Who speaks is no answer yet: it is held until something is said.
    private static IEnumerable<FaultCase> RoleAlone =>
    [
        Trial.Of("Stall after the role alone, once", "200 complete, attempts 2", "2", 2, rig => rig.First(1, Replies.StallAfterFrames(1)), true, FirstToken),
        Trial.Of("Stall after the role alone, every time", "504 first_token_timeout (GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS) from the gateway, attempts 2", "2", 2, rig => rig.Always(Replies.StallAfterFrames(1)), true, FirstToken),
        Trial.Of("Stall after the role alone, no other replica", "504 first_token_timeout (GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS) from the gateway, attempts 1", "1", 1, rig => rig.Always(Replies.StallAfterFrames(1)), true, FirstToken),
        Trial.Of("Reset after the role alone, once", "200 complete, attempts 2", "2", 2, rig => rig.First(1, Replies.CutAfterFrames(1, reset: true))),
        Trial.Of("Reset after the role alone, every time", "502 upstream_error from the gateway, attempts 3", "3", 2, rig => rig.Always(Replies.CutAfterFrames(1, reset: true))),
        Trial.Of("End of the body after the role alone, every time", "502 upstream_error from the gateway, attempts 3", "3", 1, rig => rig.Always(Replies.EndAfterFrames(1))),
        Trial.Of("The engine's own error after the role alone, once", "200 complete, attempts 2", "2", 2, rig => rig.First(1, FailsAfterTheRole)),
        Trial.Of("The engine's own error after the role alone, every time", "500 server_error from the engine, attempts 2", "2", 2, rig => rig.Always(FailsAfterTheRole)),
    ];

    private static Reply FailsAfterTheRole => exchange =>
        Replies.Pieces([Frames.Split(DefaultAnswer.Stream(exchange)!)[0], "data: {\"error\":{\"message\":\"boom\",\"type\":\"InternalServerError\",\"code\":500}}\n\n"u8.ToArray()])(exchange);

    // The caller's own mistakes are told at once: asking again would not mend them.
    private static IEnumerable<FaultCase> Mistakes =>
    [
        .. Trial.Both("Context exceeded, no fallback", "400 context_length_exceeded from the engine, attempts 1", "1", 2, rig => rig.Always(Replies.Error("context_length"))),
        .. Trial.Both("Content policy", "400 content_policy_violation from the engine, attempts 1", "1", 2, rig => rig.Always(Replies.Status(400, """{"error":{"message":"Not allowed.","type":"invalid_request_error","param":null,"code":"content_policy_violation"}}"""))),
        Trial.Of("Malformed request", "400 invalid_request_error from the engine, attempts 1", "1", 2, rig => rig.Always(Replies.Error("request_validation"))),
        Trial.Of("Body over the engine's limit", "413 request_too_large from the engine, attempts 1", "1", 2, rig => rig.Always(Replies.Status(413, """{"error":{"message":"Too large.","type":"invalid_request_error","param":null,"code":"request_too_large"}}"""))),
        Trial.Of("Media that the engine cannot fetch (422)", "400 invalid_request_error from the engine, attempts 1", "1", 2, rig => rig.Always(Replies.Error("media_fetch_failed"))),
        Trial.Of("Engine refuses the gateway's key", "502 upstream_error from the engine, attempts 1", "1", 2, rig => rig.Always(Replies.Error("bad_key"))),
    ];

    private static (string, string) Headers => ("GATEWAY_HEADERS_TIMEOUT_SECONDS", "0.4");

    private static (string, string) FirstToken => ("GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS", "0.4");
}
