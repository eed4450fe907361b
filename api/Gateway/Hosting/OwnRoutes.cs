using Gateway.Core.Errors;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Health;
using Gateway.Proxy.Keys;
using Gateway.Proxy.Pipeline;

namespace Gateway.Hosting;

/// <summary>Groups of routes that the gateway answers itself, beside the API of its clients.</summary>
internal static class OwnRoutes
{
    /// <summary>A group whose answers have an id, and whose defects are answered and logged.</summary>
    public static RouteGroupBuilder MapOwn(this IEndpointRouteBuilder routes)
    {
        var services = routes.ServiceProvider;
        var (faults, lifecycle, clock) = (services.GetRequiredService<RequestFaults>(), services.GetRequiredService<Lifecycle>(), services.GetRequiredService<TimeProvider>());
        var group = routes.MapGroup("");
        // Around whatever groups within this one put around their routes.
        ((IEndpointConventionBuilder)group).Finally(endpoint =>
        {
            var answer = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => AnswerAsync(context, answer, faults, lifecycle, clock);
        });
        return group;
    }

    /// <summary>A group for the operator: each of its routes needs the admin key. Where the settings in force have none, there is no such route.</summary>
    /// <param name="routes">The gateway's own routes.</param>
    /// <param name="noRoute">Answers a request that no route takes.</param>
    public static RouteGroupBuilder MapOperator(this IEndpointRouteBuilder routes, RequestDelegate noRoute)
    {
        var admin = routes.ServiceProvider.GetRequiredService<AdminAccess>();
        var group = routes.MapGroup("");
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            var answer = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => !admin.IsOn ? noRoute(context)
                : admin.Check(context.Request.Headers, out var key) is { } refused ? ErrorWriter.WriteAsync(context, refused, anthropic: false)
                : AnswerAsync(context, answer, key!.Name);
        });
        return group;
    }

    /// <summary>The name of the admin key that a request was made with.</summary>
    public static string AdminName(this HttpContext context) => context.Features.Get<AdminFeature>()?.Name ?? "";

    private static Task AnswerAsync(HttpContext context, RequestDelegate answer, string admin)
    {
        context.Features.Set(new AdminFeature(admin));
        return answer(context);
    }

    private static async Task AnswerAsync(HttpContext context, RequestDelegate answer, RequestFaults faults, Lifecycle lifecycle, TimeProvider clock)
    {
        RequestIds.Give(context);
        try
        {
            await (RequestFraming.Check(context.Request) is { } refused ? ErrorWriter.WriteAsync(context, refused, anthropic: false) : answer(context));
        }
#pragma warning disable CA1031 // Whatever was thrown, its request is answered, and a defect is logged.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await faults.AnswerAsync(context, e);
        }

        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest)
        {
            await RequestLinger.DrainAsync(context, clock, lifecycle.Ending);
        }
    }

    private sealed record AdminFeature(string Name);
}
