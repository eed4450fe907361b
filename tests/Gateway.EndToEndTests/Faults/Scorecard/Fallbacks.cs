using Gateway.Fakes;

namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>Faults of a backend that has a fallback. The engines' counts are those of the backend and of its fallback.</summary>
internal static class Fallbacks
{
    private const string Refusal = """{"error":{"message":"Prefilling assistant messages is not supported.","type":"invalid_request_error","param":"messages","code":null}}""";

    public static IEnumerable<FaultCase> All { get; } =
    [
        Trial.WithSpare("Reset, fallback answers", "200 complete, attempts 2, backend spare", "1 + 1", rig => MainFails(rig, Replies.Cut(reset: true))),
        Trial.WithSpare("Reset, fallback answers, streamed", "200 complete, attempts 2, backend spare", "1 + 1", rig => MainFails(rig, Replies.Cut(reset: true)), stream: true),
        Trial.WithSpare("503 every time, fallback answers", "200 complete, attempts 2, backend spare", "1 + 1", rig => MainFails(rig, Trial.ServerError(503))),
        Trial.WithSpare("Context exceeded, fallback with a larger window", "200 complete, attempts 2, backend spare", "1 + 1", rig => MainFails(rig, Replies.Error("context_length")), main: ", context_window: 40960", spare: ", context_window: 131072"),
        Trial.WithSpare("Context exceeded, fallback with a smaller window", "400 context_length_exceeded from the engine, attempts 1, backend main", "1 + 0", rig => MainFails(rig, Replies.Error("context_length")), main: ", context_window: 40960", spare: ", context_window: 4096"),
        Trial.WithSpare("Content policy, fallback not asked", "400 content_policy_violation from the engine, attempts 1, backend main", "1 + 0", rig => MainFails(rig, Replies.Status(400, """{"error":{"message":"Not allowed.","type":"invalid_request_error","param":null,"code":"content_policy_violation"}}"""))),
        Trial.WithSpare("503, and the fallback refuses a prefill", "503 server_error from the engine, Retry-After 2, attempts 2, backend main", "1 + 1", rig =>
        {
            MainFails(rig, Trial.ServerError(503));
            rig.Engines[1].Script.Always(Replies.Status(400, Refusal));
        }),
        Trial.WithSpare("A deadline from gateway.yaml", "504 upstream_timeout (deadlines.headers) from the gateway, attempts 1, backend main", "1 + 0", rig => MainFails(rig, Replies.StallBeforeHeaders), main: ", deadlines: {headers: 0.4}, retries: 0"),
        WrongModelAndUsage,
    ];

    // What the answer says of model and usage is the fallback's, and is counted as the fallback's.
    private static FaultCase WrongModelAndUsage => new("Model and usage after a fallback", new FaultSight("200 complete, attempts 2, backend spare, model and usage of the fallback", "1 + 1"), async () =>
    {
        await using var rig = await FaultRig.StartWithSpareAsync();
        MainFails(rig, Replies.Cut(reset: true));
        using var answer = await rig.ChatAsync();
        var body = await answer.Content.ReadAsStringAsync();
        var caller = await CallerView.OfAsync(answer);
        await Leftovers.NoneAsync(rig);
        var metrics = await MetricsTests.ScrapeAsync(rig.Gateway.Anonymous);
        var counted = metrics.Keys.Where(name => name.StartsWith("gateway_tokens_total", StringComparison.Ordinal)).ToList();
        var right = body.Contains($"\"model\":\"{FaultRig.SpareModel}\"", StringComparison.Ordinal)
            && counted.Count > 0 && counted.All(name => name.Contains($"backend=\"spare\",model=\"{FaultRig.SpareModel}\"", StringComparison.Ordinal));
        return new FaultSight(
            $"{caller}, backend {CallerView.Header(answer, "x-gateway-backend")}, {(right ? "model and usage of the fallback" : $"WRONG: {body} {string.Join(' ', counted)}")}",
            string.Join(" + ", rig.Engines.Select(engine => engine.Requests.Work.Count)));
    });

    private static void MainFails(FaultRig rig, Reply reply) => rig.Engines[0].Script.Always(reply);
}
