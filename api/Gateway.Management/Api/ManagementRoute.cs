namespace Gateway.Management.Api;

/// <summary>What a route of the management API does.</summary>
public enum RouteId
{
    Backends,
    Available,
    Known,
    Galleries,
    Apply,
    Delete,
    Start,
    Stop,
    RollBack,
    Jobs,
    Job,
    CancelJob,
    CancelOperation,
    Upgrades,
    CheckUpgrades,
    Upgrade,
    Logs,
    Nodes,
    InstallOnNode,
    DeleteFromNode,
    Audit,
}

/// <summary>A route of the management API. <c>{x}</c> stands for one segment.</summary>
/// <param name="Id">Which.</param>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path.</param>
/// <param name="Summary">For the documentation.</param>
/// <param name="Changes">It is refused where engines may only be watched.</param>
public sealed record ManagementRoute(RouteId Id, string Method, string Path, string Summary, bool Changes = false)
{
    private readonly string[] _segments = Path.Split('/');

    /// <returns>Null where the path is another one; else what stands in place of the placeholder, or nothing.</returns>
    public string? Match(string[] segments)
    {
        if (segments.Length != _segments.Length)
        {
            return null;
        }

        var found = "";
        for (var i = 0; i < segments.Length; i++)
        {
            if (_segments[i].StartsWith('{'))
            {
                if (segments[i].Length == 0)
                {
                    return null;
                }

                found = segments[i];
            }
            else if (_segments[i] != segments[i])
            {
                return null;
            }
        }

        return found;
    }
}

/// <summary>The routes of the management API. Those with fixed words stand before those with placeholders.</summary>
public static class ManagementRoutes
{
    private const string Get = "GET";
    private const string Post = "POST";

    public static IReadOnlyList<ManagementRoute> All { get; } =
    [
        new(RouteId.Backends, Get, "/backends", "engines that are here: installed ones, and those of the settings"),
        new(RouteId.Available, Get, "/backends/available", "what the galleries offer for the hardware here; `?all=true`: for any"),
        new(RouteId.Known, Get, "/backends/known", "every engine the gateway knows, with what it is for"),
        new(RouteId.Galleries, Get, "/backends/galleries", "the galleries, and what is wrong with them"),
        new(RouteId.Apply, Post, "/backends/apply", "installs: `{\"id\"}`, and if you like `force`, `name`, `model`, `options`, `kind`", Changes: true),
        new(RouteId.Delete, Post, "/backends/delete/{name}", "removes an engine; `?node=` on one node only", Changes: true),
        new(RouteId.Start, Post, "/backends/start/{name}", "starts a stopped engine", Changes: true),
        new(RouteId.Stop, Post, "/backends/stop/{name}", "stops an engine and keeps it installed", Changes: true),
        new(RouteId.RollBack, Post, "/backends/rollback/{name}", "puts the version before the last upgrade back", Changes: true),
        new(RouteId.Jobs, Get, "/backends/jobs", "jobs by their id, the newest first"),
        new(RouteId.Job, Get, "/backends/jobs/{uuid}", "how a job is going"),
        new(RouteId.CancelJob, "DELETE", "/backends/jobs/{uuid}", "gives a job up; what it changed is taken back", Changes: true),
        new(RouteId.Upgrades, Get, "/backends/upgrades", "newer versions, as last found"),
        new(RouteId.CheckUpgrades, Post, "/backends/upgrades/check", "looks for newer versions in the background; answers with what was found last"),
        new(RouteId.Upgrade, Post, "/backends/upgrade/{name}", "upgrades to what the gallery has, or to `{\"version\"}` or `{\"uri\"}`", Changes: true),
        new(RouteId.Logs, Get, "/backends/{name}/logs", "the engine's log; `?tail=`, `?follow=true`, `?node=`"),
        new(RouteId.Nodes, Get, "/api/nodes", "the machines, what they compute on and what is installed there"),
        new(RouteId.InstallOnNode, Post, "/api/nodes/{id}/backends/install", "installs on one machine: `{\"backend\"}`, or `{\"uri\", \"name\", \"alias\"}`", Changes: true),
        new(RouteId.DeleteFromNode, Post, "/api/nodes/{id}/backends/delete", "removes from one machine: `{\"backend\"}`", Changes: true),
        new(RouteId.CancelOperation, Post, "/api/operations/{uuid}/cancel", "the same as `DELETE /backends/jobs/{uuid}`", Changes: true),
        new(RouteId.Audit, Get, "/api/audit", "who changed what; `?limit=`"),
    ];

    /// <summary>Everything below these paths is this API's, known or not.</summary>
    public static IReadOnlyList<string> Roots { get; } = ["/backends/{**rest}", "/api/nodes/{**rest}", "/api/operations/{**rest}", "/api/audit"];
}
