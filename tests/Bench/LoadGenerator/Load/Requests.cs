using System.Globalization;
using System.Text;

namespace Gateway.Bench.Load;

/// <summary>Ready-made requests, as bytes on the wire.</summary>
internal static class Requests
{
    /// <summary>A request for one JSON answer, whose body has about so many bytes.</summary>
    public static byte[] Json(Target target, int bytes, int model = 1, int key = 1) => Build(target, model, key, "\"stream\":false", bytes);

    /// <summary>A request for a stream of so many events, so many milliseconds apart.</summary>
    public static byte[] Stream(Target target, int events, int gap) =>
        Build(target, 1, 1, FormattableString.Invariant($"\"stream\":true,\"max_tokens\":{events},\"seed\":{gap}"), 1024);

    private static byte[] Build(Target target, int model, int key, string members, int bytes)
    {
        var start = FormattableString.Invariant($"{{\"model\":\"model-{model}\",{members},\"messages\":[{{\"role\":\"user\",\"content\":\"");
        const string End = "\"}]}";
        var body = start + Prompt(Math.Max(16, bytes - start.Length - End.Length)) + End;
        var head = new StringBuilder("POST /v1/chat/completions HTTP/1.1\r\n")
            .Append(CultureInfo.InvariantCulture, $"Host: 127.0.0.1:{target.Port}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Authorization: Bearer {KeyOf(key)}\r\n")
            .Append("User-Agent: OpenAI/Python 2.9.0\r\nAccept: application/json\r\nContent-Type: application/json\r\nX-Stainless-Lang: python\r\nX-Stainless-Runtime: CPython\r\n")
            .Append(target.Headers)
            .Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n");
        return Encoding.ASCII.GetBytes(head.Append(body).ToString());
    }

    /// <summary>The client key of a number.</summary>
    public static string KeyOf(int number) => FormattableString.Invariant($"sk-bench-{number:D6}-0123456789abcdef");

    private static string Prompt(int length)
    {
        const string Text = "Tell me of the quick brown fox and of the lazy dog, in plain words and without a moral. ";
        return string.Create(length, Text, static (span, text) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                span[i] = text[i % text.Length];
            }
        });
    }
}

/// <summary>Where load goes.</summary>
/// <param name="Port">Port on loopback.</param>
/// <param name="Headers">Further header lines, each with its line end.</param>
internal sealed record Target(int Port, string Headers = "");
