using Gateway.Management.Jobs;

namespace Gateway.Management.Api;

/// <summary>Answers a request.</summary>
/// <param name="api">What the routes are about.</param>
/// <param name="context">The request.</param>
/// <param name="value">The value of the path's parameter; empty where it has none.</param>
/// <param name="who">Name of the key.</param>
public delegate Task RouteHandler(ManagementApi api, HttpContext context, string value, string who);

/// <summary>A route of the management API, which has one parameter at most.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path.</param>
/// <param name="Summary">For the documentation.</param>
/// <param name="Handler">Answers it.</param>
/// <param name="Changes">It is refused where engines may only be watched.</param>
public sealed record ManagementRoute(string Method, string Path, string Summary, RouteHandler Handler, bool Changes = false);

/// <summary>The routes of the management API.</summary>
public static class ManagementRoutes
{
    private const string Get = "GET";
    private const string Post = "POST";

    public static IReadOnlyList<ManagementRoute> All { get; } =
    [
        new(Get, "/backends", "engines that are here: installed ones, and those of the settings",
            static (api, context, _, _) => api.Reads.BackendsAsync(context)),
        new(Get, "/backends/available", "what the galleries offer for the hardware here; `?all=true`: for any",
            static (api, context, _, _) => api.Reads.AvailableAsync(context)),
        new(Get, "/backends/known", "every engine the gateway knows, with what it is for",
            static (api, context, _, _) => api.Reads.KnownAsync(context)),
        new(Get, "/backends/galleries", "the galleries, and what is wrong with them",
            static (api, context, _, _) => api.Reads.GalleriesAsync(context)),
        new(Post, "/backends/apply", "installs: `{\"id\"}`, and if you like `force`, `name`, `model`, `options`, `kind`",
            static (api, context, _, who) => api.Changes.ApplyAsync(context, who), Changes: true),
        new(Post, "/backends/delete/{name}", "removes an engine; `?node=` on one node only",
            static (api, context, name, who) => api.Changes.ChangeAsync(context, JobAction.Delete, name, who), Changes: true),
        new(Post, "/backends/start/{name}", "starts a stopped engine",
            static (api, context, name, who) => api.Changes.ChangeAsync(context, JobAction.Start, name, who), Changes: true),
        new(Post, "/backends/stop/{name}", "stops an engine and keeps it installed",
            static (api, context, name, who) => api.Changes.ChangeAsync(context, JobAction.Stop, name, who), Changes: true),
        new(Post, "/backends/rollback/{name}", "puts the version before the last upgrade back",
            static (api, context, name, who) => api.Changes.ChangeAsync(context, JobAction.RollBack, name, who), Changes: true),
        new(Get, "/backends/jobs", "jobs by their id, the newest first", static (api, context, _, _) => api.Reads.JobsAsync(context)),
        new(Get, "/backends/jobs/{uuid}", "how a job is going", static (api, context, id, _) => api.Reads.JobAsync(context, id)),
        new("DELETE", "/backends/jobs/{uuid}", "gives a job up; what it changed is taken back",
            static (api, context, id, _) => api.Changes.CancelAsync(context, id), Changes: true),
        new(Get, "/backends/upgrades", "newer versions, as last found", static (api, context, _, _) => api.Reads.UpgradesAsync(context)),
        new(Post, "/backends/upgrades/check", "looks for newer versions in the background; answers with what was found last",
            static (api, context, _, _) => api.Reads.CheckUpgradesAsync(context, api.Stopping)),
        new(Post, "/backends/upgrade/{name}", "upgrades to what the gallery has, or to `{\"version\"}` or `{\"uri\"}`",
            static (api, context, name, who) => api.Changes.UpgradeAsync(context, name, who), Changes: true),
        new(Get, "/backends/{name}/logs", "the engine's log; `?tail=`, `?follow=true`, `?node=`",
            static (api, context, name, _) => api.Reads.LogsAsync(context, name)),
        new(Get, "/api/nodes", "the machines, what they compute on and what is installed there",
            static (api, context, _, _) => api.Reads.NodesAsync(context)),
        new(Post, "/api/nodes/{id}/backends/install", "installs on one machine: `{\"backend\"}`, or `{\"uri\", \"name\", \"alias\"}`",
            static (api, context, node, who) => api.Changes.InstallOnNodeAsync(context, node, who), Changes: true),
        new(Post, "/api/nodes/{id}/backends/delete", "removes from one machine: `{\"backend\"}`",
            static (api, context, node, who) => api.Changes.DeleteFromNodeAsync(context, node, who), Changes: true),
        new(Post, "/api/operations/{uuid}/cancel", "the same as `DELETE /backends/jobs/{uuid}`",
            static (api, context, id, _) => api.Changes.CancelAsync(context, id), Changes: true),
        new(Get, "/api/audit", "who changed what; `?limit=`", static (api, context, _, _) => api.Reads.AuditAsync(context)),
    ];

    /// <summary>Everything below these paths is this API's, known or not.</summary>
    public static IReadOnlyList<string> Roots { get; } = ["/backends/{**rest}", "/api/nodes/{**rest}", "/api/operations/{**rest}", "/api/audit"];
}
