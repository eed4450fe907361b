using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Configuration;
using Gateway.Management.Galleries;
using Gateway.Management.Jobs;
using Gateway.Management.Lifecycle;
using Gateway.Management.Nodes;

namespace Gateway.Management.Operations;

/// <summary>Turns what somebody wants into jobs: which entry, which image on which node, and what is there already.</summary>
public sealed class EngineOperations(IEngineLifecycle lifecycle, GalleryLibrary galleries, Fleet fleet, JobBoard jobs, EngineDefaults defaults)
{
    private readonly byte[] _fingerprints = RandomNumberGenerator.GetBytes(32);

    /// <summary>Nothing may be changed before what the process before left is looked after.</summary>
    public bool Recovered { get; set; }

    public async Task<OperationResult> InstallAsync(OperationRequest request, CancellationToken cancellationToken)
    {
        var catalog = await galleries.CatalogAsync(cancellationToken);
        var (entry, fault) = InstallTarget.Find(catalog, request);
        if (entry is null)
        {
            return OperationResult.Of(fault!);
        }

        var name = (request.Name ?? entry.Name).ToLowerInvariant();
        if (Refuse(catalog, entry, name, request.Node) is { } refused)
        {
            return refused;
        }

        var id = Guid.NewGuid().ToString();
        var installed = await lifecycle.ListAsync(cancellationToken);
        var parts = new List<JobPart>();
        foreach (var node in await fleet.StatesAsync(cancellationToken))
        {
            if ((request.Node is null || node.Node.Id == request.Node) && InstallPart(id, name, (catalog, entry), request, node, installed) is { } part)
            {
                parts.Add(part);
            }
        }

        return parts is [{ Fault: { } alone, Away: false }]
            ? OperationResult.Of(OperationError.Invalid("id", alone))
            : Submit(new JobRequest(id, JobAction.Install, name, request.Id!, request.Who)
            {
                Parts = parts,
                Fingerprint = Fingerprint([entry.Name, entry.Uri, request.Model], request.Options),
            });
    }

    public async Task<OperationResult> UpgradeAsync(string name, OperationRequest request, CancellationToken cancellationToken)
    {
        var catalog = await galleries.CatalogAsync(cancellationToken);
        var (engines, error) = await InstalledAsync(name, request.Node, cancellationToken);
        if (error is not null)
        {
            return OperationResult.Of(error);
        }

        if (request.Uri is { } image && Docker.ImageReference.Parse(image) is null)
        {
            return OperationResult.Of(OperationError.Invalid("uri", $"'{YamlReading.Shown(image)}' is not the name of a container image."));
        }

        var id = Guid.NewGuid().ToString();
        return Submit(new JobRequest(id, JobAction.Upgrade, name, name, request.Who)
        {
            Parts = [.. engines.Select(engine => UpgradePart(id, engine, UpgradeTarget.Of(engine, request, catalog), request))],
            Fingerprint = Fingerprint([request.Uri, request.Version, request.Model], request.Options),
        });
    }

    /// <summary>Deletes, starts, stops or rolls back an engine on one node or on all that have it.</summary>
    public async Task<OperationResult> ChangeAsync(JobAction action, string name, string? node, string who, CancellationToken cancellationToken)
    {
        var (engines, error) = await InstalledAsync(name, node, cancellationToken);
        return error is not null
            ? OperationResult.Of(error)
            : Submit(new JobRequest(Guid.NewGuid().ToString(), action, name, name, who) { Parts = [.. engines.Select(engine => ChangePart(action, engine))] });
    }

    // Options may be secret, and short ones could be guessed from a digest: only this process has the key.
    private string Fingerprint(IEnumerable<string?> parts, IReadOnlyDictionary<string, string> options)
    {
        var text = string.Join('\0', [.. parts, .. options.Select(option => $"{option.Key}={option.Value}").Order(StringComparer.Ordinal)]);
        return Convert.ToHexString(HMACSHA256.HashData(_fingerprints, Encoding.UTF8.GetBytes(text)));
    }

    private OperationResult Submit(JobRequest request)
    {
        if (!Recovered)
        {
            return OperationResult.Of(OperationError.Recovering);
        }

        var ticket = jobs.Submit(request);
        return ticket.Conflict ? OperationResult.Of(OperationError.Busy(ticket.Job)) : new OperationResult(ticket.Job, null);
    }

    private OperationResult? Refuse(GalleryCatalog catalog, GalleryEntry entry, string name, string? node)
    {
        if (node is not null && fleet.Find(node) is null)
        {
            return OperationResult.Of(OperationError.NoNode(node, lifecycle.Nodes.Select(other => other.Id)));
        }

        if (fleet.IsDistributed && node is null && !entry.IsMeta)
        {
            return FanOutRefused(catalog, entry);
        }

        return GalleryReader.IsName(name) ? null : OperationResult.Of(OperationError.Invalid("name", "A name has at most 63 letters, digits, '-', '_' and '.', and begins with a letter or digit."));
    }

    private static OperationResult FanOutRefused(GalleryCatalog catalog, GalleryEntry entry)
    {
        var meta = catalog.MetaOf(entry)?.Name ?? "";
        var message = $"'{entry.Name}' is made for one kind of hardware and would not run on every node. Install it on a node of your choice: POST /api/nodes/{{id}}/backends/install {{\"backend\": \"{entry.Name}\"}}."
            + (meta.Length > 0 ? $" '{meta}' chooses the right one for each node." : "");
        return new OperationResult(null, new Gateway.Core.Errors.GatewayError(409, "invalid_request_error", "concrete_backend_requires_target", message)) { MetaAlternative = meta };
    }

    private JobPart? InstallPart(string id, string name, (GalleryCatalog Catalog, GalleryEntry Asked) wanted, OperationRequest request, NodeState node, IReadOnlyList<InstalledEngine> installed)
    {
        var present = installed.FirstOrDefault(engine => engine.Key == new EngineKey(node.Node.Id, name));
        if (present is not null && !request.Force && !jobs.Jobs.IsRunning(name, node.Node.Id))
        {
            // One that is just being installed is listed too; whoever asks for it then meets that job.
            return null;
        }

        var before = present is null ? null : JobBoard.Version(present);
        if (!node.Report.Reachable)
        {
            return new JobPart(node.Node, before, "", null) { Fault = node.Report.Reason ?? "The node does not answer.", Away = true };
        }

        var (chosen, fault) = wanted.Catalog.Resolve(wanted.Asked, node.Accelerator);
        if (chosen is null)
        {
            return new JobPart(node.Node, before, "", null) { Fault = fault };
        }

        var engine = InstallTarget.Request(defaults, EngineMetadata.Of(id, wanted.Asked, chosen, request.Alias), (wanted.Asked, chosen), request with { Name = name });

        // Installed anew it keeps serving until the new one is ready.
        return new JobPart(node.Node, before, chosen.Image!, async (progress, cancellation) => present is null
            ? await lifecycle.InstallAsync(node.Node.Id, engine, progress, cancellation)
            : await lifecycle.UpgradeAsync(present.Key, now => engine with { Kind = now.Kind, Model = request.Model ?? now.Model, InPlace = now.InPlace }, progress, cancellation));
    }

    private JobPart UpgradePart(string id, InstalledEngine engine, UpgradeTarget target, OperationRequest request) =>
        new(Node(engine), JobBoard.Version(engine), target.Image, target.Fault is not null ? null : async (progress, cancellation) =>
            await lifecycle.UpgradeAsync(
                engine.Key,
                now => now with
                {
                    Image = target.Image,
                    Digest = target.Digest,
                    Model = request.Model ?? now.Model,
                    Options = request.Options.Count == 0 ? now.Options : now.Options.Concat(request.Options).GroupBy(option => option.Key).ToDictionary(option => option.Key, option => option.Last().Value),
                    Metadata = EngineMetadata.Again(now.Metadata, id, target.Uri, target.Version),
                },
                progress,
                cancellation))
        {
            Fault = target.Fault,
        };

    private JobPart ChangePart(JobAction action, InstalledEngine engine) => new(Node(engine), JobBoard.Version(engine), engine.Image, async (progress, cancellation) =>
    {
        switch (action)
        {
            case JobAction.Delete:
                await lifecycle.DeleteAsync(engine.Key, progress, cancellation);
                return null;
            case JobAction.Start:
                return await lifecycle.StartAsync(engine.Key, progress, cancellation);
            case JobAction.Stop:
                return await lifecycle.StopAsync(engine.Key, progress, cancellation);
            case JobAction.RollBack:
                return await lifecycle.RollBackAsync(engine.Key, progress, cancellation);
            case JobAction.Install or JobAction.Upgrade:
            default:
                throw new ArgumentOutOfRangeException(nameof(action), action, "It is none that works on an installed engine alone.");
        }
    });

    private EngineNode Node(InstalledEngine engine) => fleet.Find(engine.Key.Node) ?? new EngineNode(engine.Key.Node, engine.Key.Node, "");

    private async Task<(IReadOnlyList<InstalledEngine> Engines, Gateway.Core.Errors.GatewayError? Error)> InstalledAsync(string name, string? node, CancellationToken cancellationToken)
    {
        if (node is not null && fleet.Find(node) is null)
        {
            return ([], OperationError.NoNode(node, lifecycle.Nodes.Select(other => other.Id)));
        }

        var all = await lifecycle.ListAsync(cancellationToken);
        var engines = all.Where(engine => engine.Key.Name == name && (node is null || engine.Key.Node == node)).ToArray();
        return engines.Length > 0 ? (engines, null) : ([], OperationError.NotInstalled(YamlReading.Shown(name), NearestName.Hint(name, all.Select(engine => engine.Key.Name))));
    }
}
