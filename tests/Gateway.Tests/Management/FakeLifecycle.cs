using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Gateway.Engines;
using Gateway.Management.Lifecycle;

namespace Gateway.Tests.Management;

/// <summary>Engines that exist in memory only. What is to fail or to wait is said beforehand.</summary>
internal sealed class FakeLifecycle(params EngineNode[] nodes) : IEngineLifecycle
{
    private readonly ConcurrentDictionary<EngineKey, (InstalledEngine Engine, EngineRequest Request)> _engines = [];

    public IReadOnlyList<EngineNode> Nodes { get; } = nodes.Length > 0 ? nodes : [new EngineNode(EngineNode.LocalId, EngineNode.LocalId, "unix:///nowhere.sock")];

    /// <summary>Nodes that do not answer.</summary>
    public HashSet<string> Away { get; } = [];

    /// <summary>By node: its container runtimes.</summary>
    public Dictionary<string, string[]> Runtimes { get; } = [];

    /// <summary>Digests that registries have, by image.</summary>
    public Dictionary<string, string> Registry { get; } = [];

    /// <summary>The next operations fail so.</summary>
    public LifecycleException? Failure { get; set; }

    /// <summary>Lists fail so: a defect, not a failure that is expected.</summary>
    public Exception? ListFailure { get; set; }

    /// <summary>Operations wait for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    /// <summary>How often it was asked to do something.</summary>
    public int Operations { get; private set; }

    public int Recovered { get; private set; }

    public void Put(string name, string kind, string image, string node = EngineNode.LocalId, string? previous = null, Dictionary<string, string>? metadata = null) =>
        Put(node, new EngineRequest { Name = name, Kind = kind, Image = image, Metadata = metadata ?? [] }, previous);

    public EngineRequest RequestOf(string name, string node = EngineNode.LocalId) => _engines[new EngineKey(node, name)].Request;

    public Task<NodeReport> ReportAsync(string node, CancellationToken cancellationToken)
    {
        var found = Nodes.First(other => other.Id == node);
        return Task.FromResult(Away.Contains(node)
            ? new NodeReport(found) { Reason = "It is away." }
            : new NodeReport(found) { Reachable = true, DockerVersion = "20.10", OperatingSystem = "linux", Architecture = "x86_64", Cpus = 2, MemoryBytes = 4L << 30, Runtimes = Runtimes.GetValueOrDefault(node, ["runc"]) });
    }

    public Task<IReadOnlyList<InstalledEngine>> ListAsync(CancellationToken cancellationToken) => ListFailure is { } failure
        ? Task.FromException<IReadOnlyList<InstalledEngine>>(failure)
        : Task.FromResult<IReadOnlyList<InstalledEngine>>([.. _engines.Values.Select(pair => pair.Engine)]);

    public async Task<InstalledEngine> InstallAsync(string node, EngineRequest request, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken)
    {
        await WorkAsync(node, progress, cancellationToken);
        return Put(node, request, null);
    }

    public Task<InstalledEngine> PrepareAsync(string node, EngineRequest request, CancellationToken cancellationToken) => Task.FromResult(Put(node, request, null));

    public async Task<InstalledEngine> FetchAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken)
    {
        await WorkAsync(engine.Node, progress, cancellationToken);
        return _engines[engine].Engine;
    }

    public async Task DeleteAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken)
    {
        await WorkAsync(engine.Node, progress, cancellationToken);
        _engines.TryRemove(engine, out _);
    }

    public Task<InstalledEngine> StartAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken) => SetAsync(engine, progress, stopped: false, cancellationToken);

    public Task<InstalledEngine> StopAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken) => SetAsync(engine, progress, stopped: true, cancellationToken);

    public async Task<InstalledEngine> UpgradeAsync(EngineKey engine, Func<EngineRequest, EngineRequest> change, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken)
    {
        await WorkAsync(engine.Node, progress, cancellationToken);
        var (before, request) = _engines[engine];
        return Put(engine.Node, change(request), before.Image);
    }

    public async Task<InstalledEngine> RollBackAsync(EngineKey engine, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken)
    {
        await WorkAsync(engine.Node, progress, cancellationToken);
        var (before, request) = _engines[engine];
        return Put(engine.Node, request with { Image = before.PreviousImage ?? throw new LifecycleException(LifecycleReason.NothingBefore, "There is no version before.") }, before.Image);
    }

    public async IAsyncEnumerable<string> LogsAsync(EngineKey engine, int tail, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        for (var i = 1; i <= Math.Min(tail, 3); i++)
        {
            yield return $"line {i} of {engine.Name}";
        }
    }

    public Task<string> RegistryDigestAsync(string node, string image, CancellationToken cancellationToken) => Registry.TryGetValue(image, out var digest)
        ? Task.FromResult(digest)
        : Task.FromException<string>(new LifecycleException(LifecycleReason.RegistryAway, "The registry does not answer."));

    public Task RecoverAsync(CancellationToken cancellationToken)
    {
        Recovered++;
        return Task.CompletedTask;
    }

    public static string DigestOf(string image) => "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(image)));

    private async Task<InstalledEngine> SetAsync(EngineKey engine, IProgress<LifecycleProgress> progress, bool stopped, CancellationToken cancellationToken)
    {
        await WorkAsync(engine.Node, progress, cancellationToken);
        var (before, request) = _engines[engine];
        var after = before with { Stopped = stopped, State = stopped ? EngineState.Absent : EngineState.Ready };
        _engines[engine] = (after, request);
        return after;
    }

    private async Task WorkAsync(string node, IProgress<LifecycleProgress> progress, CancellationToken cancellationToken)
    {
        Operations++;
        if (Away.Contains(node))
        {
            throw new LifecycleException(LifecycleReason.DaemonAway, "It is away.");
        }

        progress.Report(new LifecycleProgress(LifecyclePhase.Pulling, 40, "Pulling.", 1L << 20, 4L << 20));
        if (Gate is { } gate)
        {
            await using var canceled = cancellationToken.Register(() => gate.TrySetException(new LifecycleException(LifecycleReason.Canceled, "It was cancelled.")));
            await gate.Task;
        }

        if (Failure is { } failure)
        {
            throw failure;
        }
    }

    private InstalledEngine Put(string node, EngineRequest request, string? previous)
    {
        var engine = new InstalledEngine
        {
            Key = new EngineKey(node, request.Name),
            Kind = request.Kind,
            Image = request.Image!,
            Digest = request.Digest ?? DigestOf(request.Image!),
            Accelerator = request.Accelerator,
            State = EngineState.Ready,
            Model = request.Model,
            Address = new Uri("http://127.0.0.1:1"),
            InstalledAt = DateTimeOffset.UnixEpoch,
            PreviousImage = previous,
            PreviousDigest = previous is null ? null : DigestOf(previous),
            Metadata = request.Metadata,
        };
        _engines[engine.Key] = (engine, request);
        return engine;
    }
}
