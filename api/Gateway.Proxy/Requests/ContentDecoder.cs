namespace Gateway.Proxy.Requests;

/// <summary>Unpacks an answer that an engine compressed although it was asked not to: the gateway has to read it, and the client did not ask either.</summary>
internal static class ContentDecoder
{
    /// <summary>The answer has an encoding.</summary>
    public static bool IsNeeded(HttpContent content) => content.Headers.NonValidated.Contains("Content-Encoding");

    /// <summary>Gives the plain bytes; an encoding that is not known is an <see cref="InvalidDataException"/>.</summary>
    public static Stream Decode(HttpContent content)
    {
        // The body of an answer is a stream already: there is nothing to wait for.
        var stream = content.ReadAsStream();
        return IsNeeded(content) ? ContentCodings.Decode(stream, content.Headers.ContentEncoding) : stream;
    }
}
