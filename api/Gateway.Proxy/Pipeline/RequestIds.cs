using System.Globalization;
using Gateway.Proxy.Keys;

namespace Gateway.Proxy.Pipeline;

/// <summary>The header <c>x-request-id</c>, which every answer has.</summary>
public static class RequestIds
{
    public const string Header = "x-request-id";

    /// <summary>Puts the request's id on its answer.</summary>
    public static string Give(HttpContext context)
    {
        var id = Of(context.Request);
        context.Response.Headers[Header] = id;
        return id;
    }

    /// <summary>The caller's id is kept when it is short and plain and not its key: it goes into the log and to the engine.</summary>
    public static string Of(HttpRequest request)
    {
        var given = request.Headers[Header];
        if (given.Count == 1 && given[0] is { Length: > 0 and <= 128 } id && !id.AsSpan().ContainsAnyExceptInRange('!', '~')
            && !ApiKeyStore.IsPresented(request.Headers, id))
        {
            return id;
        }

        // Unique, not secret: asking the kernel for random bytes would cost as much as the rest of this method.
        return string.Create(CultureInfo.InvariantCulture, $"req_{Random.Shared.NextInt64(long.MinValue, long.MaxValue):x16}{Random.Shared.NextInt64(long.MinValue, long.MaxValue):x16}");
    }
}
