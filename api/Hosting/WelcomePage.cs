using System.Text;
using Gateway.Errors;

namespace Gateway.Hosting;

/// <summary>What a browser gets at an address that is meant for programs: what this is, and what to do.</summary>
internal static class WelcomePage
{
    private const string Head = """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>LLM gateway</title>
        <style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:3em auto;padding:0 1em;color-scheme:light dark}code{font-family:ui-monospace,monospace}</style></head>
        <body><h1>LLM gateway</h1>
        <p>This address is for programs that speak OpenAI's or Anthropic's API. Give them this address with <code>/v1</code> behind it as their base URL
        (for Anthropic's API without it), and a key from the operator of this gateway.</p>

        """;

    private const string Off = """
        <p>There is a console for the operator, and it is off: set <code>ADMIN_API_KEY</code> for the gateway, start it again, and open <code>/console</code>.</p>
        """;

    private const string On = """
        <p>The operator's console is at <a href="/console">/console</a>.</p>
        """;

    private const string Foot = """

        <p><a href="/health">/health</a> and <a href="/ready">/ready</a> say how the gateway is.</p></body></html>
        """;

    private static readonly byte[] WithConsole = Encoding.UTF8.GetBytes(Head + On + Foot);
    private static readonly byte[] WithoutConsole = Encoding.UTF8.GetBytes(Head + Off + Foot);

    /// <summary>A person asks with a browser.</summary>
    public static bool IsAsked(HttpContext context, string? path) =>
        path is "/" or "/console" or "/console/" && HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public static Task WriteAsync(HttpContext context, string? path, bool console)
    {
        var (response, body) = (context.Response, console ? WithConsole : WithoutConsole);
        response.StatusCode = path == "/" ? 200 : 404;
        response.ContentType = "text/html; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers[ErrorWriter.SourceHeader] = "gateway";
        return response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }
}
