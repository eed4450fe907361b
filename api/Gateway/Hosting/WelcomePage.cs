using System.Text;
using Gateway.Core.Errors;

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
        <p>This address is for programs that use OpenAI's or Anthropic's API. Set their base URL to this address followed by <code>/v1</code>
        (for Anthropic's API without it), and use a key from the administrator of this gateway.</p>

        """;

    private const string Off = """
        <p>The admin console is disabled. To enable it, set <code>ADMIN_API_KEY</code>, restart the gateway and open <code>/console</code>.</p>
        """;

    private const string On = """
        <p>The admin console is at <a href="/console">/console</a>.</p>
        """;

    private const string Foot = """

        <p><a href="/health">/health</a> and <a href="/ready">/ready</a> report the state of the gateway.</p></body></html>
        """;

    private static readonly byte[] WithConsole = Encoding.UTF8.GetBytes(Head + On + Foot);
    private static readonly byte[] WithoutConsole = Encoding.UTF8.GetBytes(Head + Off + Foot);
    private static readonly byte[] Line = "The gateway is running. Its API is below /v1.\n"u8.ToArray();

    /// <summary>Says what is here, to a person with a browser, or to a program that asks before it asks for more.</summary>
    public static Task WriteAsync(HttpContext context, bool console) => WriteAsync(context, 200, console);

    /// <summary>Says how the console is switched on.</summary>
    public static Task WriteNoConsoleAsync(HttpContext context) => WriteAsync(context, 404, console: false);

    private static Task WriteAsync(HttpContext context, int status, bool console)
    {
        var (response, browser) = (context.Response, IsBrowser(context));
        var body = !browser ? Line : console ? WithConsole : WithoutConsole;
        response.StatusCode = status;
        response.ContentType = browser ? "text/html; charset=utf-8" : "text/plain; charset=utf-8";
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers[ErrorWriter.SourceHeader] = "gateway";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    public static bool IsBrowser(HttpContext context) => context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);
}
