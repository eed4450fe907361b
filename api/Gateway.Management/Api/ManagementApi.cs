using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Management.Audit;
using Gateway.Management.Lifecycle;
using Gateway.Management.Operations;

namespace Gateway.Management.Api;

/// <summary>Finds the route of an operator's request and answers it. Whoever asks has shown the operator's key.</summary>
public sealed class ManagementApi(ManagementSettings settings, ReadRoutes reads, ChangeRoutes changes, AuditLog audit, IHostApplicationLifetime lifetime)
{
    public ReadRoutes Reads { get; } = reads;

    public ChangeRoutes Changes { get; } = changes;

    /// <summary>The process ends.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

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
            await found.Handler(this, context, value!, who);
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
