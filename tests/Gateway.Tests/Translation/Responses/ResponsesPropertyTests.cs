using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Gateway.Proxy.Translation;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>What holds for every request and for every stream, sound or not.</summary>
public sealed class ResponsesPropertyTests
{
    private const int Rounds = 1000;

    private static readonly string[] Names =
    [
        "input", "instructions", "tools", "tool_choice", "text", "format", "schema", "reasoning", "effort", "include", "type", "role", "content", "name", "namespace", "call_id", "id", "arguments",
        "output", "summary", "encrypted_content", "image_url", "file_data", "filename", "mode", "parameters", "strict", "stream", "top_logprobs", "metadata", "a\\u0062", "\\ud800",
    ];

    private static readonly string[] Words =
    [
        "\"user\"", "\"assistant\"", "\"system\"", "\"developer\"", "\"message\"", "\"function\"", "\"custom\"", "\"namespace\"", "\"function_call\"", "\"function_call_output\"", "\"custom_tool_call\"",
        "\"reasoning\"", "\"input_text\"", "\"output_text\"", "\"input_image\"", "\"input_file\"", "\"allowed_tools\"", "\"auto\"", "\"json_schema\"", "\"hi\"", "\"\"", "\"\\ud800\"", "\"gateway.1.!\"",
        "\"data:text/plain;base64,YQ==\"", "\"data:text/plain;base64,?\"", "null", "true", "false", "0", "1e400", "9007199254740993", "{}", "[]",
    ];

    private static readonly Gen<string> Json = Gen.Recursive<string>(static (depth, inner) =>
    {
        var word = Gen.Int[0, Words.Length - 1].Select(static which => Words[which]);
        var member = Gen.Select(Gen.Int[0, Names.Length - 1], inner, static (name, value) => $"\"{Names[name]}\":{value}");
        return depth > 4 ? word : Gen.Frequency((3, word), (3, member.Array[0, 5].Select(static members => "{" + string.Join(',', members) + "}")), (2, inner.Array[0, 3].Select(static items => "[" + string.Join(',', items) + "]")));
    });

    // Bodies that get further than to the first fault.
    private static readonly Gen<string> Requests = Gen.Select(Json, Json, Json, Json, static (input, tools, choice, rest) =>
        $$"""{"input":[{"role":"user","content":"hi"},{{input}}],"tools":[{"type":"function","name":"f"},{{tools}}],"tool_choice":{{choice}},"text":{{rest}}}""");

    private static readonly string[] Texts = ["", "a", "\\n", "漢", "\\\"", "{}"];

    private static readonly string[] Fragments = ["", "{", "}", "{}", "{\\\"a\\\":1", "\\\"", "{\\\"input\\\":\\\"x\\\"}", " ", "\\\\", "[DONE]"];

    private static readonly string[] Tools = ["\"f\"", "\"patch\"", "\"other\"", "\"\"", "null"];

    private static readonly string[] Ends = ["null", "null", "null", "\"stop\"", "\"tool_calls\"", "\"length\"", "\"content_filter\"", "\"banana\""];

    private static readonly Gen<string> Piece = Gen.Select(Gen.Int[-1, 3], Gen.Int[-1, 3], Gen.Int[0, 4], Gen.Int[0, 9], static (index, id, tool, fragment) =>
        $$$"""{{{{(index < 0 ? "" : $"\"index\":{index},")}}}{{{(id < 0 ? "" : $"\"id\":\"c{id}\",")}}}"function":{"name":{{{Tools[tool]}}},"arguments":"{{{Fragments[fragment]}}}"}}""");

    private static readonly Gen<string> Chunk = Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5], Gen.Int[0, 9], Piece.Array[0, 2], Gen.Int[0, 7], static (text, thought, refusal, pieces, end) =>
        $$$"""{"choices":[{"index":0,"delta":{"content":"{{{Texts[text]}}}","reasoning":"{{{Texts[thought]}}}","refusal":"{{{(refusal == 0 ? "no" : "")}}}","tool_calls":[{{{string.Join(',', pieces)}}}]},"finish_reason":{{{Ends[end]}}}}]}""");

    [Fact]
    public void Create_AnyBody_GivesABodyOrAnError() => Gen.OneOf(Json, Requests).Sample(
        static body =>
        {
            var translation = ResponsesTranslation.Create(Encoding.UTF8.GetBytes(body), new("m", static () => "1", TimeProvider.System, true), out var error);

            Assert.Equal(error is null, translation is not null);
            Assert.True(error is null || error.Status == 400);
            if (translation is not null)
            {
                using var sent = JsonDocument.Parse(translation.Body, new() { MaxDepth = 600 });
                var output = new ArrayBufferWriter<byte>();
                Assert.True(translation.TryWriteAnswer("""{"choices":[{"message":{"content":"x"},"finish_reason":"stop"}]}"""u8, output));
                using var answer = JsonDocument.Parse(output.WrittenMemory, new() { MaxDepth = 600 });
            }
        },
        iter: Rounds,
        threads: 1);

    [Fact]
    public void Stream_AnyChunks_HasASoundLifecycle() => Gen.Select(Chunk.Array[0, 12], Gen.Bool).Sample(
        static (chunks, breaks) =>
        {
            var translation = ResponsesRun.Create("""{"input":"hi","tools":[{"type":"function","name":"f"},{"type":"custom","name":"patch"}]}""");
            var output = new ArrayBufferWriter<byte>();
            foreach (var chunk in chunks)
            {
                translation.WriteChunk(Encoding.UTF8.GetBytes(chunk), output);
            }

            if (breaks)
            {
                translation.WriteFailure(502, "", "broken", output);
            }
            else
            {
                translation.WriteEnd(output);
            }

            var events = ResponsesRun.Events(output.WrittenSpan);
            var last = ResponsesLifecycle.Check(events);
            var ended = chunks.Any(static chunk => !chunk.Contains("\"finish_reason\":null", StringComparison.Ordinal));
            Assert.Equal(breaks || !ended, (string?)last["status"] == "failed");
            if (!breaks && ended)
            {
                Assert.Equal(Sum(chunks, "content"), Sum(last, "message", "text"));
                Assert.Equal(Sum(chunks, "refusal"), Sum(last, "message", "refusal"));
                Assert.Equal(Sum(chunks, "reasoning"), Sum(last, "reasoning", "text"));
                var ids = last["output"]!.AsArray().Select(static item => (string?)item!["call_id"]).Where(static id => id is not null).ToArray();
                Assert.Equal(ids.Length, ids.Distinct().Count());
            }
        },
        iter: Rounds,
        threads: 1);

    [Fact]
    public void Stream_AnyBytes_IsNoException() => Gen.Select(Chunk.Array[1, 6], Gen.Select(Gen.Int[0, 9999], Gen.Byte).Array[1, 6]).Sample(
        static (chunks, spoilt) =>
        {
            var translation = ResponsesRun.Create("""{"input":"hi","tools":[{"type":"custom","name":"patch"}]}""");
            var output = new ArrayBufferWriter<byte>();
            foreach (var chunk in chunks)
            {
                var bytes = Encoding.UTF8.GetBytes(chunk);
                foreach (var (at, value) in spoilt)
                {
                    bytes[at % bytes.Length] = value;
                }

                translation.WriteChunk(bytes, output);
                translation.TryWriteAnswer(bytes, new ArrayBufferWriter<byte>());
            }

            translation.WriteEnd(output);
            Assert.Matches("^response\\.(completed|incomplete|failed)$", (string?)ResponsesRun.Events(output.WrittenSpan)[^1]["type"]);
        },
        iter: Rounds,
        threads: 1);

    private static string Sum(string[] chunks, string member) => string.Concat(chunks.Select(chunk => (string?)JsonNode.Parse(chunk)!["choices"]![0]!["delta"]![member]));

    private static string Sum(JsonNode response, string type, string member) =>
        string.Concat(response["output"]!.AsArray().Where(item => (string?)item!["type"] == type).Select(item => (string?)item!["content"]![0]![member]));
}
