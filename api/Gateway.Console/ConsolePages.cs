using Gateway.Console.Files;
using Gateway.Console.Stats;
using Gateway.Core.Errors;
using Gateway.Proxy.Keys;

namespace Gateway.Console;

/// <summary>The web console and the figures it shows. Without an operator's key there are no such pages, and the table of routes says so.</summary>
public sealed class ConsolePages(AdminAccess admin, ConsoleFiles console, StatsEndpoint stats, KeyStatsEndpoint keys)
{
    public static bool Owns(string path) => path is "/stats" or "/stats/keys" || ConsoleFiles.IsConsole(path);

    /// <summary>Answers the request.</summary>
    /// <returns>Null when it is for something else.</returns>
    public Task? Handle(HttpContext context, string? path)
    {
        if (!admin.IsOn || path is null)
        {
            return null;
        }

        return ConsoleFiles.IsConsole(path) ? console.WriteAsync(context) : HttpMethods.IsGet(context.Request.Method) ? Read(context, path) : null;
    }

    private Task? Read(HttpContext context, string path) => path switch
    {
        "/stats" => Guard(context) ?? stats.WriteAsync(context),
        "/stats/keys" => Guard(context) ?? keys.WriteAsync(context),
        _ => null,
    };

    private Task? Guard(HttpContext context) =>
        admin.Check(context.Request.Headers, out _) is { } refused ? ErrorWriter.WriteAsync(context, refused, anthropic: false) : null;
}
