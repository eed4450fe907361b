using System.Net.NetworkInformation;
using System.Runtime.CompilerServices;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Reload;

/// <summary>Settings that change again and again under load: nothing is lost, and nothing stays behind.</summary>
public sealed class ReloadLoadTests
{
    private const int Reloads = 50;
    private const int Callers = 4;

    [Fact]
    public async Task Reload_FiftyTimesUnderLoad_LosesNothingAndLeavesNothingBehind()
    {
        await using var rig = await FileRig.StartAsync(3, engines => Text(engines, 0));
        rig.Engines.ToList().ForEach(engine => engine.Requests.Clear());
        using var done = new CancellationTokenSource();
        var callers = Enumerable.Range(0, Callers).Select(caller => CallAsync(rig, stream: caller % 2 == 0, done.Token)).ToArray();
        var generations = new List<WeakReference>();

        for (var round = 1; round <= Reloads; round++)
        {
            Note(rig, generations);
            var seen = Asked(rig);
            await File.WriteAllTextAsync(rig.File, Text(rig.Engines, round));
            Assert.Empty(await rig.ReloadAsync());
            await Wait.UntilAsync(() => Asked(rig) > seen + 4, "requests after a reload");
        }

        await done.CancelAsync();
        var answers = await Task.WhenAll(callers);
        Assert.All(answers.SelectMany(answer => answer), answer => Assert.Equal("200 whole", answer));
        Assert.Equal(Asked(rig), answers.Sum(answer => answer.Count));

        await Wait.UntilAsync(() => Collected(generations), "the earlier settings to be gone");
        // The last settings are without the third engine: nothing may be left open to it, and no probe goes there.
        await Wait.UntilAsync(() => Connections(rig.Engines[2]) == 0, "the connections to the removed engine to close");
        Assert.InRange(Connections(rig.Engines[0]) + Connections(rig.Engines[1]), 0, (2 * Callers) + 2);
        Assert.Equal(0, (await MetricsTests.ScrapeAsync(rig.Gateway.Anonymous))["gateway_config_replaced_in_use"]);
    }

    // Each second one has a third engine, each third one other weights, and the second backend comes and goes.
    private static string Text(IReadOnlyList<FakeEngine> engines, int round)
    {
        var third = round % 2 == 1 ? $", {{url: \"{engines[2].BaseUrl}\", weight: 2}}" : "";
        var weight = 1 + (round % 3);
        var other = round % 5 == 0 ? FileRig.Backend("other", engines[1]) : "";
        return $"backends:\n  - {{name: a, kind: vllm, urls: [{{url: \"{engines[0].BaseUrl}\", weight: {weight}}}{third}], max_concurrency: 64, models: {{m: {engines[0].Model}}}}}\n{other}";
    }

    private static async Task<List<string>> CallAsync(FileRig rig, bool stream, CancellationToken done)
    {
        var answers = new List<string>();
        while (!done.IsCancellationRequested)
        {
            using var answer = await rig.ChatAsync("m", stream);
            var (body, cut) = await Answers.ReadToEndAsync(answer);
            var text = System.Text.Encoding.UTF8.GetString(body);
            var whole = !cut && (stream ? text.EndsWith("data: [DONE]\n\n", StringComparison.Ordinal) : text.Contains("\"choices\"", StringComparison.Ordinal));
            answers.Add($"{(int)answer.StatusCode} {(whole ? "whole" : text)}");
        }

        return answers;
    }

    private static int Asked(FileRig rig) => rig.Engines.Sum(engine => engine.Requests.Work.Count);

    // In a method of its own, so that no local variable of the test keeps what it looks at.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Note(FileRig rig, List<WeakReference> generations)
    {
        generations.Add(new WeakReference(rig.Live.Current));
        generations.Add(new WeakReference(rig.Live.Current!.Keys));
    }

    private static bool Collected(List<WeakReference> generations)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        // A continuation that has run may still be on some thread's stack.
        return generations.Count(generation => generation.IsAlive) <= 2;
    }

    private static int Connections(FakeEngine engine) => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections()
        .Count(connection => connection.RemoteEndPoint.Port == engine.BaseUrl.Port && connection.State == TcpState.Established);
}
