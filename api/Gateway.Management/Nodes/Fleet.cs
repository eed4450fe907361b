using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Management.Lifecycle;

namespace Gateway.Management.Nodes;

/// <summary>A node and what it computes on.</summary>
public sealed record NodeState(NodeReport Report, Accelerator Accelerator)
{
    public EngineNode Node => Report.Node;
}

/// <summary>The nodes, as they were a moment ago. One that is away is told so and holds up nobody.</summary>
public sealed class Fleet(IEngineLifecycle lifecycle, ManagementSettings settings, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1);
    private (IReadOnlyList<NodeState> Nodes, long Taken)? _last;

    /// <summary>More than one node: what runs on one kind of hardware only must name its node.</summary>
    public bool IsDistributed => lifecycle.Nodes.Count > 1;

    public EngineNode? Find(string id) => lifecycle.Nodes.FirstOrDefault(node => node.Id == id);

    public async Task<IReadOnlyList<NodeState>> StatesAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_last is { } last && clock.GetElapsedTime(last.Taken) < Fresh)
            {
                return last.Nodes;
            }

            var nodes = await Task.WhenAll(lifecycle.Nodes.Select(node => AskAsync(node, cancellationToken)));
            _last = (nodes, clock.GetTimestamp());
            return nodes;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<NodeState> AskAsync(EngineNode node, CancellationToken cancellationToken)
    {
        NodeReport report;
        try
        {
            report = await lifecycle.ReportAsync(node.Id, cancellationToken).WaitAsync(Patience, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            report = new NodeReport(node) { Reason = FormattableString.Invariant($"Its Docker Engine did not answer within {Patience.TotalSeconds:0} s. Check that it runs and can be reached.") };
        }
        catch (LifecycleException e)
        {
            report = new NodeReport(node) { Reason = e.Message };
        }

        return new NodeState(report, NodeHardware.Of(report, settings.Nodes.FirstOrDefault(other => other.Name == node.Id)?.Accelerator));
    }
}
