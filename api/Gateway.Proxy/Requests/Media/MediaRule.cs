using System.Text;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Proxy.Requests;

/// <summary>What <c>GATEWAY_MEDIA_URLS=deny</c> refuses.</summary>
/// <remarks>JSON, forms, and work that is read from a stored file, which the gateway does not see.</remarks>
internal static class MediaRule
{
    /// <summary>Parts of a form that are prose, whatever they mention.</summary>
    private static readonly string[] Prose = ["prompt", "negative_prompt", "instructions", "input", "text", "query", "user", "name", "title", "description"];

    /// <summary>Refuses a request that would make the engine fetch.</summary>
    public static GatewayError? Check(HttpRequest http, EndpointSpec endpoint, ClientRequest request, RequestDialect dialect)
    {
        if (endpoint.WorksOnFiles && HttpMethods.IsPost(http.Method) && !IsOrder(http.Path.Value!))
        {
            return GatewayError.InvalidRequest("input_file_id", "This gateway does not let engines fetch URLs (GATEWAY_MEDIA_URLS=deny) and cannot check stored files: send the requests one by one.");
        }

        var found = request.Members is { } members ? MediaGuard.Find(members.Body.Span, dialect) : request.Body is { } form ? InForm(http.ContentType, form.Span, dialect.Media) : null;
        return found is null ? null : Refuse(found);
    }

    /// <summary>The refusal.</summary>
    /// <param name="param">Where the address stands.</param>
    public static GatewayError Refuse(string param) => GatewayError.InvalidRequest(param,
        $"This gateway does not let engines fetch URLs (GATEWAY_MEDIA_URLS=deny), and `{param}` is a URL or names a file: send images, audio and files as data: URLs.");

    // Cancel, pause and resume say nothing of what is worked on.
    private static bool IsOrder(string path) => path[(path.LastIndexOf('/') + 1)..] is "cancel" or "pause" or "resume";

    private static string? InForm(string? contentType, ReadOnlySpan<byte> form, MediaFields fields)
    {
        foreach (var part in FormPeek.Parts(contentType, form))
        {
            if (part.IsFile)
            {
                if (InLines(form[part.Text], fields))
                {
                    return Shown(part.Name);
                }

                continue;
            }

            var name = part.Name.EndsWith("[]", StringComparison.Ordinal) ? part.Name[..^2] : part.Name;
            var kind = MediaGuard.NameKind(Encoding.UTF8.GetBytes(name), fields);
            var text = form[part.Text];
            if (MediaGuard.IsFetched(kind, text) || (kind == MediaName.None && IsAddress(text) && !Prose.Contains(name, StringComparer.OrdinalIgnoreCase)) || InJson(text, fields))
            {
                return Shown(part.Name);
            }
        }

        return null;
    }

    private static string Shown(string name) => name.Length <= 64 ? name : name[..64];

    // A file of requests, one a line, as batches are made of. What is no JSON is no request.
    private static bool InLines(ReadOnlySpan<byte> file, MediaFields fields)
    {
        foreach (var line in file.Split((byte)'\n'))
        {
            if (IsCall(file[line], fields))
            {
                return true;
            }
        }

        return false;
    }

    // What mentions a URL in a sentence is no address.
    private static bool IsAddress(ReadOnlySpan<byte> text) => MediaText.IsPlace(text) && !text.Trim(" \t\r\n"u8).ContainsAny(" \t\r\n"u8);

    private static bool InJson(ReadOnlySpan<byte> text, MediaFields fields) =>
        text.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] && JsonMembers.TryParse(text.ToArray(), out var members, out _) && MediaGuard.Find(members.Body.Span, new RequestDialect { Media = fields }) is not null;

    // `url` beside the body of such a line is the route that it is for.
    private static bool IsCall(ReadOnlySpan<byte> line, MediaFields fields) =>
        line.IndexOf("body"u8) >= 0 && line.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] && JsonMembers.TryParse(line.ToArray(), out var members, out _)
        && members.Find("body"u8) is { } body && InJson(members.Value(body), fields);
}
