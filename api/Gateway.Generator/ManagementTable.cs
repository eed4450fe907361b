using Gateway.Management.Api;

namespace Gateway.Generator;

/// <summary>The table of the management API's routes.</summary>
internal static class ManagementTable
{
    public static string Render() => Markdown.Table(
        ["Route", "What it does", "With `read`"],
        ManagementRoutes.All.Select(string[] (route) =>
        [
            Markdown.Code($"{route.Method} {route.Path}"),
            Markdown.Text(route.Summary),
            route.Changes ? "403" : "yes",
        ]));
}
