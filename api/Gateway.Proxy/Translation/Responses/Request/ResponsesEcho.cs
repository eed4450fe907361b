using System.Buffers;

namespace Gateway.Proxy.Translation;

/// <summary>
/// What an answer repeats of its request, as this API does, with the default where nothing was asked. It is copied out of the body,
/// which is not kept while the answer runs.
/// </summary>
internal static class ResponsesEcho
{
    /// <summary>Members, from the comma before the first.</summary>
    public static byte[] Of(ResponsesRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        var writer = new ResponsesWriter(buffer);
        Write(request, writer, "instructions"u8, "null"u8);
        Write(request, writer, "max_output_tokens"u8, "null"u8);
        Write(request, writer, "max_tool_calls"u8, "null"u8);
        Write(request, writer, "parallel_tool_calls"u8, "true"u8);
        Write(request, writer, "temperature"u8, "1"u8);
        Write(request, writer, "top_p"u8, "1"u8);
        Write(request, writer, "presence_penalty"u8, "0"u8);
        Write(request, writer, "frequency_penalty"u8, "0"u8);
        Write(request, writer, "top_logprobs"u8, "0"u8);
        Write(request, writer, "tool_choice"u8, "\"auto\""u8);
        Write(request, writer, "tools"u8, "[]"u8);
        Write(request, writer, "metadata"u8, "{}"u8);
        Write(request, writer, "user"u8, "null"u8);
        Write(request, writer, "safety_identifier"u8, "null"u8);
        Write(request, writer, "prompt_cache_key"u8, "null"u8);
        var reasoning = request.Value("reasoning"u8);
        Value(writer.Raw(",\"reasoning\":{\"effort\":"u8), ResponsesFields.Find(reasoning, "effort"u8), "null"u8);
        Value(writer.Raw(",\"summary\":"u8), ResponsesFields.Find(reasoning, "summary"u8), "null"u8);
        Text(request.Value("text"u8), writer.Raw("}"u8));
        writer.Raw(",\"truncation\":\"disabled\",\"service_tier\":\"default\",\"previous_response_id\":null"u8);
        writer.Raw(",\"store\":false,\"background\":false"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void Text(ResponsesValue text, ResponsesWriter writer)
    {
        Value(writer.Raw(",\"text\":{\"format\":"u8), ResponsesFields.Find(text, "format"u8), "{\"type\":\"text\"}"u8);
        var verbosity = ResponsesFields.Find(text, "verbosity"u8);
        writer.Raw(verbosity.IsMissing ? [] : ",\"verbosity\":"u8).Raw(verbosity.IsMissing ? [] : verbosity.Raw).Raw("}"u8);
    }

    private static void Write(ResponsesRequest request, ResponsesWriter writer, ReadOnlySpan<byte> name, ReadOnlySpan<byte> otherwise) =>
        Value(writer.Raw(","u8).Quoted(name).Raw(":"u8), request.Value(name), otherwise);

    private static void Value(ResponsesWriter writer, ResponsesValue value, ReadOnlySpan<byte> otherwise) =>
        writer.Raw(value.IsMissing ? otherwise : value.Raw);
}
