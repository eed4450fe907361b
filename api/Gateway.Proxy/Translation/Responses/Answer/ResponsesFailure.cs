using System.Buffers;

namespace Gateway.Proxy.Translation;

/// <summary>The error in an answer that failed.</summary>
internal static class ResponsesFailure
{
    // What clients do next depends on these; any other word is as good as none.
    private static readonly HashSet<string> Known =
        ["server_error", "rate_limit_exceeded", "invalid_prompt", "context_length_exceeded", "insufficient_quota", "server_is_overloaded"];

    /// <summary>The error as JSON.</summary>
    public static byte[] Of(int status, string code, string message)
    {
        var buffer = new ArrayBufferWriter<byte>(128 + message.Length);
        new ResponsesWriter(buffer).Raw("{\"code\":"u8).Text(CodeOf(status, code)).Raw(",\"message\":"u8).Text(message).Raw("}"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static string CodeOf(int status, string code)
    {
        if (Known.Contains(code))
        {
            return code;
        }

        return status switch
        {
            429 => "rate_limit_exceeded",
            >= 400 and < 500 => "invalid_prompt",
            _ => "server_error",
        };
    }
}
