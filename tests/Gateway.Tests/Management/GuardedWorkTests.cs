using Gateway.Management;
using Gateway.Management.Galleries;
using Gateway.Management.Lifecycle;
using Gateway.Management.Operations;
using Gateway.Proxy.Health;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Gateway.Tests.Management;

/// <summary>Defects in the background: each is logged with its stack, and what comes after it still happens.</summary>
public sealed class GuardedWorkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task TryAsync_Defect_IsLoggedWithItsStack()
    {
        var log = new ErrorLog<GuardedWorkTests>();

        Assert.False(await GuardedWork.TryAsync("The work", log, () => throw new InvalidOperationException("odd"), CancellationToken.None));

        var line = Assert.Single(log.Lines);
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.Contains(nameof(TryAsync_Defect_IsLoggedWithItsStack), line.Exception!.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TryAsync_Stopping_EndsAsUsual()
    {
        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            GuardedWork.TryAsync("The work", NullLogger.Instance, () => Task.FromCanceled(stopping.Token), stopping.Token));
    }

    [Fact]
    public async Task Turns_DefectInAnOperation_IsToldAsOursAndLogged()
    {
        var log = new ErrorLog<GuardedWorkTests>();
        var turns = new EngineTurns(log);
        var key = new EngineKey("local", "writer");

        var failure = await Assert.ThrowsAsync<LifecycleException>(() => turns.AloneAsync<bool>(key, () => throw new ArgumentNullException("slot")));

        Assert.Equal(LifecycleReason.GatewayFault, failure.Reason);
        Assert.IsType<ArgumentNullException>(Assert.Single(log.Lines).Exception);
        Assert.True(turns.TryEnter(key));
    }

    [Fact]
    public async Task UpgradeCheck_DefectInOneRun_IsLoggedAndTheNextRuns()
    {
        var log = new ErrorLog<UpgradeCheck>();
        var lifecycle = new FakeLifecycle { ListFailure = new InvalidOperationException("odd") };
        using var client = new HttpClient();
        using var galleries = new GalleryLibrary([], new GallerySource(client, TimeProvider.System), TimeProvider.System, NullLogger<GalleryLibrary>.Instance);
        using var check = new UpgradeCheck(lifecycle, galleries, TimeProvider.System, log);

        Assert.Null((await check.RunAsync(CancellationToken.None)).CheckedAt);
        Assert.IsType<InvalidOperationException>(Assert.Single(log.Lines).Exception);

        lifecycle.ListFailure = null;
        Assert.NotNull((await check.RunAsync(CancellationToken.None)).CheckedAt);
    }

    [Fact]
    public async Task Recovery_RoutesThatThrowOnce_AreSetWithTheNextRound()
    {
        new EngineJournal(_folder.Path).Write(new EngineRecord
        {
            Key = new EngineKey("local", "writer"),
            Current = Version(),
            Stopped = true,
            Operation = new EngineOperation(OperationKind.Upgrade, LifecyclePhase.Pulling, Version()),
        });
        var routes = new BrokenRoutes();
        var clock = new ManualClock();
        var log = new ErrorLog<EngineLifecycle>();
        var options = new LifecycleOptions { DataFolder = _folder.Path, Nodes = [new EngineNode("local", "local", $"unix://{_folder.File("docker.sock")}")] };
        await using var docker = await DockerStub.StartAsync(_folder.File("docker.sock"));
        await using var lifecycle = new EngineLifecycle(options, routes, new EngineProber(clock), clock, log);
        docker.Answers = (_, target) => target == "/version" ? null : (500, """{"message":"not now"}""");
        await lifecycle.RecoverAsync(CancellationToken.None);
        var before = routes.Calls;
        routes.Breaks = 2;
        docker.Answers = (_, _) => null;

        await ManagementHost.WaitAsync(() =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(routes.Calls >= before + 3);
        });

        Assert.Equal(2, log.Lines.Count(line => line.Exception is InvalidOperationException));
    }

    public void Dispose() => _folder.Dispose();

    private static EngineVersion Version() => new()
    {
        Request = new EngineRequest { Name = "writer", Kind = "vllm" },
        Container = "gateway-writer-1",
        Slot = new EngineSlot(20000, null, new Uri("http://127.0.0.1:20000/v1")),
        Reference = "a.example/vllm:v1",
        InstalledAt = DateTimeOffset.UnixEpoch,
    };

    private sealed class BrokenRoutes : IEngineRoutes
    {
        private int _calls;

        public int Breaks { get; set; }

        public int Calls => _calls;

        public Gateway.Core.Configuration.OnDemandSettings OnDemand { get; } = new();

        public bool IsTaken(string name) => false;

        public Task SetAsync(IReadOnlyList<RoutedEngine> engines, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _calls);
            return Breaks-- > 0 ? throw new InvalidOperationException("odd") : Task.CompletedTask;
        }

        public IEngineTraffic? Find(Uri address) => null;
    }
}
