using Gateway.Core.Configuration;
using Gateway.Management.Galleries;
using Gateway.Management.Jobs;
using Gateway.Management.Lifecycle;
using Gateway.Management.Nodes;

namespace Gateway.Management.Operations;

/// <summary>Installs what the settings say is to run on demand: first only by name, and whole when somebody asks for it.</summary>
public sealed class OnDemandInstalls(IEngineLifecycle lifecycle, GalleryLibrary galleries, Fleet fleet, JobBoard jobs, EngineDefaults defaults, EngineOperations operations)
{
    private const string Who = "on_demand";

    /// <summary>What the process before left is looked after.</summary>
    public bool Ready => operations.Recovered;

    /// <summary>Makes an engine known as a stopped one, on every node that answers. Nothing is pulled yet.</summary>
    /// <exception cref="LifecycleException">It cannot be installed anywhere.</exception>
    public async Task PrepareAsync(OnDemandEngine engine, CancellationToken cancellationToken)
    {
        var request = new OperationRequest { Id = engine.Install!, Name = engine.Name, Model = engine.Models[0], Who = Who };
        var catalog = await galleries.CatalogAsync(cancellationToken);
        var (entry, fault) = InstallTarget.Find(catalog, request);
        if (entry is null)
        {
            throw new LifecycleException(LifecycleReason.Invalid, fault!.Message);
        }

        var failures = new List<string>();
        foreach (var node in await fleet.StatesAsync(cancellationToken))
        {
            try
            {
                await PrepareAsync(node, catalog, entry, request, cancellationToken);
            }
            catch (LifecycleException e)
            {
                failures.Add(e.Message);
            }
        }

        if (failures.Count >= lifecycle.Nodes.Count)
        {
            throw new LifecycleException(LifecycleReason.Invalid, string.Join(' ', failures));
        }
    }

    /// <summary>Begins to pull the images of an engine, as a job that everybody can see.</summary>
    /// <param name="name">The engine.</param>
    /// <param name="records">On its nodes, where it is not pulled yet.</param>
    /// <exception cref="LifecycleException">Something else is being done to it.</exception>
    public string Fetch(string name, IReadOnlyList<EngineRecord> records)
    {
        var id = Guid.NewGuid().ToString();
        var ticket = jobs.Submit(new JobRequest(id, JobAction.Install, name, name, Who) { Parts = [.. records.Select(Part)] });
        return ticket.Conflict ? throw new LifecycleException(LifecycleReason.Busy, $"Something else is being done to {name}.") : ticket.Job.Id;
    }

    /// <summary>How far that is.</summary>
    public JobRecord? Find(string job) => jobs.Jobs.Find(job);

    /// <summary>Done when that has ended.</summary>
    public Task EndOfAsync(string job) => jobs.EndOfAsync(job);

    private Task<InstalledEngine> PrepareAsync(NodeState node, GalleryCatalog catalog, GalleryEntry entry, OperationRequest request, CancellationToken cancellationToken)
    {
        var (chosen, fault) = node.Report.Reachable ? catalog.Resolve(entry, node.Accelerator) : (null, node.Report.Reason);
        if (chosen is null)
        {
            throw new LifecycleException(LifecycleReason.Invalid, fault ?? "The node does not answer.");
        }

        var metadata = EngineMetadata.Of(Guid.NewGuid().ToString(), entry, chosen, null);
        return lifecycle.PrepareAsync(node.Node.Id, InstallTarget.Request(defaults, metadata, (entry, chosen), request), cancellationToken);
    }

    private JobPart Part(EngineRecord record) => new(
        fleet.Find(record.Key.Node) ?? new EngineNode(record.Key.Node, record.Key.Node, ""),
        null,
        record.Current!.Reference,
        async (progress, cancellation) => await lifecycle.FetchAsync(record.Key, progress, cancellation));
}
