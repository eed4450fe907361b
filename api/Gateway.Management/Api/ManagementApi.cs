using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Management.Audit;
using Gateway.Management.Jobs;
using Gateway.Management.Lifecycle;
using Gateway.Management.Operations;

namespace Gateway.Management.Api;

/// <summary>Finds the route of an operator's request and answers it. Whoever asks has shown the operator's key.</summary>
public sealed class ManagementApi(ManagementSettings settings, ReadRoutes reads, ChangeRoutes changes, AuditLog audit, IHostApplicationLifetime lifetime)
{
    /// <summary>By route: takes the request, what stands in place of the path's placeholder, and the name of the key.</summary>
    private readonly Dictionary<RouteId, Func<HttpContext, string, string, Task>> _handlers = new()
    {
        [RouteId.Backends] = (context, _, _) => reads.BackendsAsync(context),
        [RouteId.Available] = (context, _, _) => reads.AvailableAsync(context),
        [RouteId.Known] = (context, _, _) => reads.KnownAsync(context),
        [RouteId.Galleries] = (context, _, _) => reads.GalleriesAsync(context),
        [RouteId.Jobs] = (context, _, _) => reads.JobsAsync(context),
        [RouteId.Job] = (context, id, _) => reads.JobAsync(context, id),
        [RouteId.Upgrades] = (context, _, _) => reads.UpgradesAsync(context),
        [RouteId.CheckUpgrades] = (context, _, _) => reads.CheckUpgradesAsync(context, lifetime.ApplicationStopping),
        [RouteId.Logs] = (context, name, _) => reads.LogsAsync(context, name),
        [RouteId.Nodes] = (context, _, _) => reads.NodesAsync(context),
        [RouteId.Audit] = (context, _, _) => reads.AuditAsync(context),
        [RouteId.Apply] = (context, _, who) => changes.ApplyAsync(context, who),
        [RouteId.Delete] = (context, name, who) => changes.ChangeAsync(context, JobAction.Delete, name, who),
        [RouteId.Start] = (context, name, who) => changes.ChangeAsync(context, JobAction.Start, name, who),
        [RouteId.Stop] = (context, name, who) => changes.ChangeAsync(context, JobAction.Stop, name, who),
        [RouteId.RollBack] = (context, name, who) => changes.ChangeAsync(context, JobAction.RollBack, name, who),
        [RouteId.Upgrade] = (context, name, who) => changes.UpgradeAsync(context, name, who),
        [RouteId.CancelJob] = (context, id, _) => changes.CancelAsync(context, id),
        [RouteId.CancelOperation] = (context, id, _) => changes.CancelAsync(context, id),
        [RouteId.InstallOnNode] = (context, node, who) => changes.InstallOnNodeAsync(context, node, who),
        [RouteId.DeleteFromNode] = (context, node, who) => changes.DeleteFromNodeAsync(context, node, who),
    };

    /// <param name="context">A request below one of <see cref="ManagementRoutes.Roots"/>.</param>
    /// <param name="who">Name of the key.</param>
    public async Task HandleAsync(HttpContext context, string who)
    {
        var segments = (context.Request.Path.Value ?? "").Split('/');
        var candidates = ManagementRoutes.All.Select(route => (Route: route, Value: route.Match(segments))).Where(candidate => candidate.Value is not null).ToArray();
        var (found, value) = candidates.FirstOrDefault(candidate => candidate.Route.Method == context.Request.Method);
        if (found is null)
        {
            await ErrorWriter.WriteAsync(
                context,
                candidates.Length == 0 ? GatewayError.NotFound("such route of the management API") : GatewayError.MethodNotAllowed(context.Request.Method, context.Request.Path.Value!, candidates.Select(candidate => candidate.Route.Method).Distinct()),
                anthropic: false);
            return;
        }

        if (found.Changes && settings.Mode != ManagementMode.On)
        {
            audit.Refused(who, $"{found.Method} {found.Path}", value!, OperationError.ReadOnly.Code!);
            await ErrorWriter.WriteAsync(context, OperationError.ReadOnly, anthropic: false);
            return;
        }

        try
        {
            await _handlers[found.Id](context, value!, who);
        }
        catch (LifecycleException e) when (!context.Response.HasStarted)
        {
            await ErrorWriter.WriteAsync(context, OperationError.Of(e), anthropic: false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to hear an answer.
        }
    }
}
