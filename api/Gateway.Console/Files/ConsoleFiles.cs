using System.Collections.Frozen;
using Gateway.Core.Errors;

namespace Gateway.Console.Files;

/// <summary>
/// <c>/console</c>: the files of the web console, which lie in the program itself. They hold no data and need no key; what they
/// show is asked for with the operator's key. The policy lets the page load nothing from elsewhere and run nothing inline.
/// </summary>
public sealed class ConsoleFiles
{
    private const string Root = "/console";
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; " +
        "frame-ancestors 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private readonly Lazy<FrozenDictionary<string, ConsoleFile>> _files = new(Load);

    public static bool IsConsole(string path) =>
        path.StartsWith(Root, StringComparison.Ordinal) && (path.Length == Root.Length || path[Root.Length] == '/');

    public Task WriteAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        var path = request.Path.Value!;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return ErrorWriter.WriteAsync(context, GatewayError.MethodNotAllowed(request.Method, Root, ["GET", "HEAD"]), anthropic: false);
        }

        if (path == Root)
        {
            // Relative, so that it holds behind a proxy that serves the gateway below a path of its own.
            response.StatusCode = StatusCodes.Status308PermanentRedirect;
            response.Headers.Location = "console/";
            return Task.CompletedTask;
        }

        var name = path.Length == Root.Length + 1 ? "index.html" : path[(Root.Length + 1)..];
        return _files.Value.TryGetValue(name, out var file)
            ? SendAsync(context, file)
            : ErrorWriter.WriteAsync(context, GatewayError.NotFound("such page of the console"), anthropic: false);
    }

    private static Task SendAsync(HttpContext context, ConsoleFile file)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.ETag = file.Tag;
        headers.Vary = "Accept-Encoding";
        headers.CacheControl = file.Immutable ? "public, max-age=31536000, immutable" : "no-cache";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(file.Tag, StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        var (content, coding) = file.For(context.Request.Headers.AcceptEncoding);
        context.Response.ContentType = file.ContentType;
        headers.ContentLength = content.Length;
        headers.ContentEncoding = coding;
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.Body.WriteAsync(content, context.RequestAborted).AsTask();
    }

    private static FrozenDictionary<string, ConsoleFile> Load()
    {
        const string Prefix = "console/";
        var assembly = typeof(ConsoleFiles).Assembly;
        var files = new Dictionary<string, ConsoleFile>(StringComparer.Ordinal);
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            var name = resource[Prefix.Length..].Replace('\\', '/');
            files[name] = ConsoleFile.Of(name, content);
        }

        return files.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
