using System.Text;
using Gateway.Fakes;

namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>Faults after the caller has the beginning in hand: one error event, no made-up end, and a body that ends in order.</summary>
internal static class InTheStream
{
    private const string Interrupted = "200 started, then one error event stream_interrupted, clean end, attempts 1";

    public static IEnumerable<FaultCase> All { get; } =
    [
        Trial.Begun("Reset after the first token", Interrupted, Replies.CutAfterFrames(2, reset: true)),
        Trial.Begun("Orderly end of the socket after three tokens", Interrupted, Replies.CutAfterFrames(3, reset: false)),
        Trial.Begun("Clean end of the body after two tokens", Interrupted, Replies.EndAfterFrames(3)),
        Trial.Begun("Stall after two tokens", Late("GATEWAY_IDLE_TIMEOUT_SECONDS"), Replies.StallAfterFrames(3), ("GATEWAY_IDLE_TIMEOUT_SECONDS", "0.5")),
        Trial.Begun("Stall past the total deadline", Late("GATEWAY_TOTAL_TIMEOUT_SECONDS"), Replies.StallAfterFrames(3), ("GATEWAY_TOTAL_TIMEOUT_SECONDS", "1")),
        Trial.Begun("One event that is not JSON", Interrupted, Frames(2, "data: {\"choices\":[{\"delta\"\n\n")),
        Trial.Begun("Half an event at the end", Interrupted, Frames(2, "data: {\"choices\":[]")),
        Trial.Begun("No [DONE]", "200 complete, attempts 1", WithoutDone),
        Trial.Begun("[DONE] without a finish_reason", Interrupted, Frames(2, "data: [DONE]\n\n")),
        Trial.Begun("The engine's own error in the middle", "200 started, then one error event server_error, clean end, attempts 1", Frames(2, "data: {\"error\":{\"message\":\"boom\",\"type\":\"InternalServerError\",\"code\":500}}\n\n")),
        CallerLeaves("The client leaves a stream", stream: true, Replies.StallAfterFrames(2)),
        CallerLeaves("The client leaves a plain request", stream: false, Replies.StallBeforeHeaders),
    ];

    private static Reply WithoutDone => exchange => Replies.Pieces(Fakes.Frames.Split(DefaultAnswer.Stream(exchange)!).Where(frame => !frame.AsSpan().StartsWith("data: [DONE]"u8)))(exchange);

    private static string Late(string setting) => $"200 started, then one error event stream_interrupted ({setting}), clean end, attempts 1";

    private static Reply Frames(int count, string then) => exchange =>
        Replies.Pieces([.. Fakes.Frames.Split(DefaultAnswer.Stream(exchange)!).Take(count), Encoding.UTF8.GetBytes(then)])(exchange);

    private static FaultCase CallerLeaves(string fault, bool stream, Reply reply) => new(fault, new FaultSight("nothing: it has disconnected; the engine stops immediately", "1"), async () =>
    {
        await using var rig = await FaultRig.StartAsync(2);
        rig.Always(reply);
        using var leaves = new CancellationTokenSource();
        var chat = rig.Gateway.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(rig.Engines[0].Model, stream)), HttpCompletionOption.ResponseContentRead, leaves.Token);
        await Wait.UntilAsync(() => rig.Upstream == 1, "the engine to be asked");
        var received = rig.Engines.SelectMany(engine => engine.Requests.Work).Single();
        await received.Begun;
        await leaves.CancelAsync();
        await received.Aborted.WaitAsync(Wait.Deadline);
        await chat.ContinueWith(_ => { }, TaskScheduler.Default);
        await Leftovers.NoneAsync(rig);
        return new FaultSight("nothing: it has disconnected; the engine stops immediately", $"{rig.Upstream}");
    });
}
