using System.Text;

namespace Gateway.Fakes;

/// <summary>What becomes of the connection after the bytes of an answer.</summary>
internal enum RawEnd
{
    /// <summary>It takes the next request.</summary>
    KeepAlive,

    /// <summary>An orderly end.</summary>
    Close,

    /// <summary>A reset.</summary>
    Reset,

    /// <summary>Silence, until the caller leaves.</summary>
    Hang,
}

/// <summary>An answer as bytes on the wire, whether they are HTTP or not.</summary>
internal sealed record RawAnswer(byte[] Bytes, RawEnd End = RawEnd.Close)
{
    /// <summary>Sent after the others again and again, until the caller leaves.</summary>
    public byte[]? Again { get; init; }

    /// <summary>Text with <c>\n</c> line ends; they become those of HTTP.</summary>
    public static RawAnswer Http(string text, RawEnd end = RawEnd.Close) =>
        new(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), end);

    /// <summary>A sound answer with its length.</summary>
    public static RawAnswer Sound(int status, string contentType, byte[] body)
    {
        var head = $"HTTP/1.1 {status} Status\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\n\r\n";
        return new RawAnswer([.. Encoding.ASCII.GetBytes(head), .. body], RawEnd.KeepAlive);
    }
}
