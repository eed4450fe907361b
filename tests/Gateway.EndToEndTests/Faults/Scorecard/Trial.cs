using Gateway.Fakes;

namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>One chat against a rig in which something is wrong, told as a <see cref="FaultSight"/>.</summary>
internal static class Trial
{
    public const string Overloaded = """{"error":{"message":"busy","type":"overloaded","param":null,"code":429}}""";

    /// <summary>The same fault for a plain request and for a stream, with the same outcome.</summary>
    public static IEnumerable<FaultCase> Both(string fault, string caller, string upstream, int replicas, Action<FaultRig> arrange, params (string, string)[] settings) =>
    [
        Of(fault + ", plain", caller, upstream, replicas, arrange, stream: false, settings),
        Of(fault + ", streamed", caller, upstream, replicas, arrange, stream: true, settings),
    ];

    /// <summary>One request to replicas that go wrong as arranged.</summary>
    public static FaultCase Of(string fault, string caller, string upstream, int replicas, Action<FaultRig> arrange, bool stream = true, params (string, string)[] settings) =>
        new(fault, new FaultSight(caller, upstream), async () =>
        {
            await using var rig = await FaultRig.StartAsync(replicas, settings);
            arrange(rig);
            return await ChatAsync(rig, stream);
        });

    /// <summary>A fault in the middle of a stream: it happens when the caller has the beginning in hand.</summary>
    public static FaultCase Begun(string fault, string caller, Reply reply, params (string, string)[] settings) =>
        new(fault, new FaultSight(caller, "1"), async () =>
        {
            await using var rig = await FaultRig.StartAsync(2, settings);
            var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            rig.Always(Replies.Gated(seen.Task, reply));
            using var answer = await rig.ChatAsync(stream: true);
            seen.SetResult();
            return await SightAsync(rig, answer);
        });

    /// <summary>One request to a backend with a fallback.</summary>
    public static FaultCase WithSpare(string fault, string caller, string upstream, Action<FaultRig> arrange, bool stream = false, string main = "", string spare = "") =>
        new(fault, new FaultSight(caller, upstream), async () =>
        {
            await using var rig = await FaultRig.StartWithSpareAsync(main, spare);
            arrange(rig);
            using var answer = await rig.ChatAsync(stream);
            var sight = await SightAsync(rig, answer);
            return sight with { Caller = $"{sight.Caller}, backend {CallerView.Header(answer, "x-gateway-backend")}", Upstream = string.Join(" + ", rig.Engines.Select(engine => engine.Requests.Work.Count)) };
        });

    public static async Task<FaultSight> ChatAsync(FaultRig rig, bool stream)
    {
        using var answer = await rig.ChatAsync(stream);
        return await SightAsync(rig, answer);
    }

    public static async Task<FaultSight> SightAsync(FaultRig rig, HttpResponseMessage answer)
    {
        var caller = await CallerView.OfAsync(answer);
        await Leftovers.NoneAsync(rig);
        return new FaultSight(caller, $"{rig.Upstream}");
    }

    public static Reply RetryAfter(int status, string seconds) => Replies.Header("Retry-After", seconds, Replies.Status(status, Overloaded));

    public static Reply ServerError(int status) => Replies.Status(status, """{"error":{"message":"boom","type":"InternalServerError","param":null,"code":500}}""");
}
