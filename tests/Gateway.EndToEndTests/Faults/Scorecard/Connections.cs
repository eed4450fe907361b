using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Gateway.Fakes;

namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>Faults below HTTP: names, certificates, and peers that are there but do not answer.</summary>
internal static class Connections
{
    private const int Requests = 6;
    private const string AllWhole = "6 × 200 complete";

    public static IEnumerable<FaultCase> All { get; } =
    [
        new("One of two replicas refuses connections", new FaultSight(AllWhole, "6"), async () =>
        {
            await using var rig = await FaultRig.StartAsync(2);
            await rig.Engines[0].StopAsync();
            var sight = await SeveralAsync(rig);
            await rig.Engines[0].ResumeAsync();
            return sight;
        }),
        new("The host's name cannot be resolved", new FaultSight("503 engine_unavailable from the gateway, Retry-After 2: no host of the name", "0"), () =>
            UnreachableAsync("http://engine.invalid:8001", "no host of the name")),
        new("The engine's certificate is self-signed", new FaultSight("503 engine_unavailable from the gateway, Retry-After 2: is not trusted", "0"), async () =>
        {
            using var certificate = SelfSigned();
            await using var engine = await FakeEngine.StartAsync(new FakeEngineOptions { Dialect = "vllm", Certificate = certificate });
            var sight = await UnreachableAsync(engine.BaseUrl.ToString(), "is not trusted");
            return sight with { Upstream = $"{engine.Requests.Work.Count}" };
        }),
        new("A replica that accepts connections and never reads", new FaultSight(AllWhole, "6"), async () =>
        {
            using var mute = new TcpListener(IPAddress.Loopback, 0);
            mute.Start();
            await using var rig = await FaultRig.StartAsync(1, ("BACKEND_BASE_URL", $"{{engines}},http://{mute.LocalEndpoint}"), ("GATEWAY_HEADERS_TIMEOUT_SECONDS", "2"));
            return await SeveralAsync(rig);
        }),
        new("A kept connection that is silently dead", new FaultSight("200 complete, attempts 1; 504 upstream_timeout (GATEWAY_HEADERS_TIMEOUT_SECONDS) from the gateway, attempts 1; 200 complete, attempts 1", "3"), DeadConnectionAsync),
        new("A kept connection that the engine has just closed", new FaultSight("200 complete, attempts 1; 200 complete, attempts 1 or 2", "2 or 3"), StaleConnectionAsync),
        new("An upload passed on as it comes, reset", new FaultSight("502 upstream_error from the gateway, attempts 1", "1"), UploadAsync),
    ];

    private static async Task<FaultSight> SeveralAsync(FaultRig rig)
    {
        var seen = new List<string>();
        for (var i = 0; i < Requests; i++)
        {
            using var answer = await rig.ChatAsync(stream: i % 2 == 0);
            seen.Add((await CallerView.OfAsync(answer)).Split(',')[0]);
        }

        await Leftovers.NoneAsync(rig);
        return new FaultSight(string.Join(", ", seen.GroupBy(one => one).Select(group => $"{group.Count()} × {group.Key}")), $"{rig.Upstream}");
    }

    private static async Task<FaultSight> UnreachableAsync(string url, string reason)
    {
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string> { ["BACKEND_KIND"] = "vllm", ["BACKEND_BASE_URL"] = url, ["GATEWAY_RETRIES"] = "2" });
        await Wait.UntilAsync(async () => await gateway.StateAsync() is "absent" or "unreachable", "the engine to be known as out of reach");
        using var answer = await gateway.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat("any")));
        var why = (await answer.Content.ReadAsStringAsync()).Contains(reason, StringComparison.Ordinal) ? reason : "NO REASON";
        var caller = await CallerView.OfAsync(answer);
        await Leftovers.NoneAsync(gateway, []);
        return new FaultSight($"{caller}: {why}", "0");
    }

    // The second request goes out on the connection of the first, which nobody reads any more; the third one on a new one.
    private static async Task<FaultSight> DeadConnectionAsync()
    {
        var asked = 0;
        return await ByHandAsync(3, engine => engine.Answer = _ => ++asked == 2 ? new RawAnswer([], RawEnd.Hang) : Sound(engine), ("GATEWAY_HEADERS_TIMEOUT_SECONDS", "0.4"));
    }

    private static async Task<FaultSight> StaleConnectionAsync()
    {
        var asked = 0;
        var sight = await ByHandAsync(2, engine => engine.Answer = _ => ++asked == 1 ? Sound(engine) with { End = RawEnd.Close } : Sound(engine), ("GATEWAY_RETRIES", "2"));
        var second = sight.Caller.Split("; ")[1];
        return second is "200 complete, attempts 1" or "200 complete, attempts 2" ? new FaultSight("200 complete, attempts 1; 200 complete, attempts 1 or 2", "2 or 3") : sight;
    }

    private static async Task<FaultSight> ByHandAsync(int requests, Action<RawEngine> arrange, params (string, string)[] settings)
    {
        await using var engine = RawEngine.Start("vllm");
        arrange(engine);
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("vllm", engine.BaseUrl, settings));
        await gateway.WaitForModelsAsync();
        var seen = new List<string>();
        for (var i = 0; i < requests; i++)
        {
            using var answer = await gateway.Client.SendAsync(SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(engine.Model)));
            seen.Add(await CallerView.OfAsync(answer));
        }

        await Leftovers.NoneAsync(gateway, []);
        return new FaultSight(string.Join("; ", seen), $"{engine.Requests.Work.Count}");
    }

    private static async Task<FaultSight> UploadAsync()
    {
        await using var engine = await FakeEngine.StartAsync("openai");
        await using var gateway = await RunningGateway.StartAsync(TestEnvironment.Settings("openai", engine.BaseUrl, ("GATEWAY_RETRIES", "2")));
        await gateway.WaitForModelsAsync();
        engine.Script.Always(Replies.Cut(reset: true));
        using var upload = new MultipartFormDataContent { { new ByteArrayContent(new byte[64 * 1024]), "file", "batch.jsonl" } };
        using var answer = await gateway.Client.PostAsync("/v1/files", upload);
        var caller = await CallerView.OfAsync(answer);
        await Leftovers.NoneAsync(gateway, [engine]);
        return new FaultSight(caller, $"{engine.Requests.Work.Count}");
    }

    private static RawAnswer Sound(RawEngine engine) => RawAnswer.Sound(200, "application/json", Encoding.UTF8.GetBytes(
        $$$"""{"id":"x","object":"chat.completion","model":"{{{engine.Model}}}","choices":[{"index":0,"message":{"role":"assistant","content":"Paris"},"finish_reason":"stop"}]}"""));

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=engine", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
