using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Management.Audit;
using Gateway.Management.Lifecycle;
using Gateway.Management.Operations;
using Microsoft.AspNetCore.Routing.Template;

namespace Gateway.Management.Api;

/// <summary>The management API.</summary>
public sealed class ManagementApi(ManagementSettings settings, ReadRoutes reads, ChangeRoutes changes, AuditLog audit, IHostApplicationLifetime lifetime)
{
    public ReadRoutes Reads { get; } = reads;

    public ChangeRoutes Changes { get; } = changes;

    /// <summary>The process ends.</summary>
    public CancellationToken Stopping => lifetime.ApplicationStopping;

    /// <summary>Maps the routes. Callers have shown the admin key.</summary>
    /// <param name="routes">The operator's routes.</param>
    /// <param name="who">The name of the key that a request was made with.</param>
    public void Map(IEndpointRouteBuilder routes, Func<HttpContext, string> who)
    {
        foreach (var route in ManagementRoutes.All)
        {
            routes.MapMethods(route.Path, [route.Method], context => AnswerAsync(context, route, who(context)));
        }

        foreach (var root in ManagementRoutes.Roots)
        {
            routes.Map(root, RefuseAsync);
        }
    }

    // Below the API's own paths: nothing there, or not by this method.
    private static Task RefuseAsync(HttpContext context)
    {
        var path = context.Request.Path;
        var methods = ManagementRoutes.All.Where(route => new TemplateMatcher(TemplateParser.Parse(route.Path), []).TryMatch(path, [])).Select(route => route.Method).Distinct().ToArray();
        return ErrorWriter.WriteAsync(
            context,
            methods.Length == 0 ? GatewayError.NotFound("such route of the management API") : GatewayError.MethodNotAllowed(context.Request.Method, path.Value!, methods),
            anthropic: false);
    }

    private async Task AnswerAsync(HttpContext context, ManagementRoute route, string who)
    {
        var value = context.Request.RouteValues.Values.FirstOrDefault() as string ?? "";
        if (route.Changes && settings.Mode != ManagementMode.On)
        {
            audit.Refused(who, $"{route.Method} {route.Path}", value, OperationError.ReadOnly.Code!);
            await ErrorWriter.WriteAsync(context, OperationError.ReadOnly, anthropic: false);
            return;
        }

        try
        {
            await route.Handler(this, context, value, who);
        }
        catch (LifecycleException e) when (!context.Response.HasStarted)
        {
            await ErrorWriter.WriteAsync(context, OperationError.Of(e), anthropic: false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has left.
        }
    }
}
