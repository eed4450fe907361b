using Gateway.Proxy.Responses;
using Microsoft.Extensions.Primitives;

namespace Gateway.Proxy.Requests;

/// <summary>The kind of an answer: by its media type, or by its first bytes where the type does not fit the request.</summary>
/// <remarks>Engines and the proxies before them omit the type, write it differently, or label a stream as something else.</remarks>
internal static class AnswerMedia
{
    public const string EventStream = "text/event-stream";
    public const string Json = "application/json";

    private const int PreviewBytes = 1024;

    private static readonly string[] Fields = ["data", "event", "id", "retry", "error"];

    /// <summary>The media type in lower case and without parameters; of several, the first.</summary>
    public static string TypeOf(HttpContent content)
    {
        if (!content.Headers.NonValidated.TryGetValues("Content-Type", out var values))
        {
            return "";
        }

        // The usual ones are known without taking them apart.
        var value = values.ToString();
        if (value is EventStream or Json)
        {
            return value;
        }

        var end = value.AsSpan().IndexOfAny(';', ',');
        return (end < 0 ? value : value[..end]).Trim().ToLowerInvariant();
    }

    /// <summary>A client knows the type as that of events: it is there once, as it is usually written.</summary>
    public static bool IsCommon(StringValues types) =>
        types.Count == 1 && types[0] is { } type && type.StartsWith(EventStream, StringComparison.Ordinal) && !type.Contains(',', StringComparison.Ordinal);

    /// <summary>Reads as much of the answer as shows what it is, and puts it back.</summary>
    /// <returns>The type of what is there: events, JSON, or else nothing that is known here.</returns>
    public static async ValueTask<string> ReadTypeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var source = ContentDecoder.Decode(response.Content);
        var first = new byte[PreviewBytes];
        var length = 0;
        string? type = null;
        while (type is null && length < first.Length)
        {
            var read = await source.ReadAsync(first.AsMemory(length), cancellationToken);
            length += read;
            type = TypeOf(first.AsSpan(0, length), whole: read == 0);
        }

        Replace(response, new PrefixedStream(first.AsMemory(0, length), source));
        return type ?? "";
    }

    // Null: there is too little to say so.
    private static string? TypeOf(ReadOnlySpan<byte> bytes, bool whole)
    {
        var mark = SseFrame.ByteOrderMark;
        bytes = (bytes.StartsWith(mark) ? bytes[mark.Length..] : bytes).TrimStart(" \t\r\n"u8);
        if (bytes.IsEmpty || mark.StartsWith(bytes))
        {
            return whole ? "" : null;
        }

        if (bytes[0] is (byte)'{' or (byte)'[')
        {
            return Json;
        }

        if (bytes[0] == ':')
        {
            return EventStream;
        }

        var end = bytes.IndexOfAny(":\r\n"u8);
        var name = end < 0 ? bytes : bytes[..end];
        foreach (var field in Fields)
        {
            if (end < 0 && !whole && name.Length <= field.Length && System.Text.Ascii.Equals(name, field.AsSpan(0, name.Length)))
            {
                return null;
            }

            if (System.Text.Ascii.Equals(name, field))
            {
                return EventStream;
            }
        }

        return "";
    }

    // What is read from now on is not encoded any more.
    private static void Replace(HttpResponseMessage response, Stream body)
    {
        var decoded = ContentDecoder.IsNeeded(response.Content);
        var content = new StreamContent(body);
        foreach (var (name, values) in response.Content.Headers.NonValidated)
        {
            if (!decoded || name is not ("Content-Encoding" or "Content-Length"))
            {
                content.Headers.TryAddWithoutValidation(name, values);
            }
        }

        response.Content = content;
    }
}
