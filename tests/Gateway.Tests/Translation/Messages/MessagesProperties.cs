using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Gateway.Proxy.Translation;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>Whatever a caller or an engine sends: a translation or an error, and a stream in its order.</summary>
public sealed class MessagesProperties
{
    private const int Iterations = 4000;

    private static readonly string[] Roles = ["system", "user", "assistant", "tool"];

    /// <summary>As they stand between quotes.</summary>
    private static readonly Gen<string> Texts = Gen.OneOf(
        Pick("text", "tool_use", "tool_result", "image", "document", "thinking", "system", "user", "assistant", "base64", "url", "content", "json_schema", "custom", "web_search_1", "f", "", "stop", "length"),
        Gen.String[0, 12].Select(text => JsonEncodedText.Encode(text).ToString()),
        Pick("\\ud800", "\\udc00x", "\\u0000", "\\\\", "\\\"", "\\u0074ext", "tid_Y2FsbF8x", "{\\\"a\\\":", "1}", "{}", new string('n', 90)));

    private static readonly Gen<string> Names = Pick(
        "type", "text", "id", "name", "input", "tool_use_id", "content", "is_error", "source", "data", "media_type", "url", "title", "thinking", "role", "schema", "format", "effort", "input_schema",
        "defer_loading", "disable_parallel_tool_use", "delta", "message", "tool_calls", "index", "function", "arguments", "finish_reason", "reasoning", "refusal", "usage", "prompt_tokens", "a\\ud800");

    private static readonly Gen<string> Scalars = Gen.OneOf(
        Texts.Select(text => Quoted(text)), Pick("null", "true", "false", "0", "-1", "1e999", "99999999999999999999", "64"), Gen.Int[0, 3].Select(number => $"{number}"));

    private static readonly Gen<string> Values = Gen.Recursive<string>((depth, inner) => depth > 4
        ? Scalars
        : Gen.OneOf(
            Scalars,
            inner.Array[0, 4].Select(items => $"[{string.Join(',', items)}]"),
            Gen.Select(Names, inner).Array[0, 5].Select(members => $"{{{string.Join(',', members.Select(member => $"{Quoted(member.Item1)}:{member.Item2}"))}}}")));

    private static readonly Gen<string> Blocks = Gen.Select(
        Pick("text", "tool_use", "tool_result", "image", "document", "thinking", "search_result"), Texts, Values, Gen.Select(Names, Values).Array[0, 3])
        .Select((type, text, value, more) => $"{{\"type\":\"{type}\",\"text\":{Quoted(text)},\"thinking\":\"t\",\"id\":{Quoted(text)},\"tool_use_id\":\"i\",\"name\":\"f\",\"input\":{{\"x\":{value}}},"
            + $"\"source\":{{\"type\":\"text\",\"data\":{Quoted(text)}}}{string.Concat(more.Select(member => $",{Quoted(member.Item1)}:{member.Item2}"))}}}");

    private static readonly Gen<string> Turns = Gen.Select(Pick("user", "assistant", "system"), Gen.OneOf(Blocks.Array[0, 4].Select(blocks => $"[{string.Join(',', blocks)}]"), Values))
        .Select((role, content) => $"{{\"role\":\"{role}\",\"content\":{content}}}");

    private static readonly Gen<byte[]> Requests = Gen.Select(
        Turns.Array[0, 4],
        Gen.Select(Pick("system", "tools", "tool_choice", "thinking", "output_config", "output_format", "metadata", "stream", "stop_sequences", "max_tokens", "x"), Values).Array[0, 3])
        .Select((turns, members) => Encoding.UTF8.GetBytes($"{{\"max_tokens\":9,\"messages\":[{string.Join(',', turns)}]{string.Concat(members.Select(member => $",\"{member.Item1}\":{member.Item2}"))}}}"));

    // Of texts by chance, but such that nothing in it has to be refused.
    private static readonly Gen<string> SoundBlocks = Gen.Select(Texts, Texts, Values, Gen.Int[0, 5]).Select((text, other, value, kind) => kind switch
    {
        0 => $"{{\"type\":\"tool_result\",\"tool_use_id\":\"x{text}\",\"is_error\":true,\"content\":[{{\"type\":\"text\",\"text\":{Quoted(other)}}}]}}",
        1 => $"{{\"type\":\"document\",\"title\":{Quoted(other)},\"source\":{{\"type\":\"text\",\"data\":{Quoted(text)}}}}}",
        2 => $"{{\"source\":{{\"data\":\"x{text}\",\"media_type\":\"x{other}\",\"type\":\"base64\"}},\"type\":\"image\"}}",
        _ => $"{{\"type\":\"text\",\"text\":{Quoted(text)},\"citations\":{value}}}",
    });

    private static readonly Gen<string> SoundAnswers = Gen.Select(Texts, Texts, Gen.Select(Names, Values).Array[0, 3]).Select((text, other, members) =>
        $"[{{\"type\":\"thinking\",\"thinking\":{Quoted(text)}}},{{\"type\":\"text\",\"text\":{Quoted(other)}}},{{\"type\":\"tool_use\",\"id\":\"x{text}\",\"name\":\"x{other}\",\"input\":{{{string.Join(',', members.Select(member => $"{Quoted(member.Item1)}:{member.Item2}"))}}}}}]");

    private static readonly Gen<byte[]> SoundRequests = Gen.Select(
        Gen.Select(SoundBlocks.Array[0, 4], SoundAnswers).Array[1, 3],
        Gen.Select(Texts, Values).Array[0, 3],
        Gen.Select(Texts, Values))
        .Select((turns, tools, other) => Encoding.UTF8.GetBytes($"{{\"max_tokens\":9,\"system\":[{{\"type\":\"text\",\"text\":{Quoted(other.Item1)}}}],\"unknown\":{other.Item2},"
            + $"\"messages\":[{string.Join(',', turns.Select(turn => $"{{\"role\":\"user\",\"content\":[{string.Join(',', turn.Item1)}]}},{{\"role\":\"assistant\",\"content\":{turn.Item2}}}"))}],"
            + $"\"tools\":[{string.Join(',', tools.Select((tool, i) => $"{{\"name\":\"n{i}{tool.Item1}\",\"input_schema\":{{\"default\":{tool.Item2}}}}}"))}]}}"));

    private static readonly Gen<string> Calls = Gen.Select(Pick("\"index\":0,", "\"index\":1,", "\"index\":2,", ""), Pick("\"id\":\"a\",", "\"id\":\"b\",", "\"id\":null,", "\"id\":\"c:d\",", ""), Pick("\"name\":\"f\",", "\"name\":\"g\",", "\"name\":null,", ""),
        Gen.OneOf(Pick("\"\"", "\"{\"", "\"}\"", "\"{}\"", "null", "{\"a\":1}", "\"{\\\"a\\\":\\\"}\"", "\"\\\"}\""), Texts.Select(text => Quoted(text))))
        .Select((index, id, name, arguments) => $"{{{index}{id}\"function\":{{{name}\"arguments\":{arguments}}}}}");

    private static readonly Gen<string> Deltas = Gen.Select(
        Gen.OneOf(Texts.Select(text => $"\"content\":{Quoted(text)}"), Texts.Select(text => $"\"reasoning\":{Quoted(text)}"), Texts.Select(text => $"\"refusal\":{Quoted(text)}"), Pick("\"content\":null")),
        Calls.Array[0, 3],
        Pick("null", "null", "null", "null", "\"stop\"", "\"tool_calls\"", "\"length\"", "5"))
        .Select((text, calls, finish) => $"{{\"choices\":[{{\"index\":0,\"delta\":{{{text},\"tool_calls\":[{string.Join(',', calls)}]}},\"finish_reason\":{finish}}}]}}");

    private static readonly Gen<byte[]> Chunks = Gen.OneOf(
        Deltas.Select(Encoding.UTF8.GetBytes),
        Deltas.Select(Encoding.UTF8.GetBytes),
        Values.Select(value => Encoding.UTF8.GetBytes($"{{\"choices\":[{{\"delta\":{value}}}],\"usage\":{value}}}")),
        Gen.Select(Deltas, Gen.Double[0, 1]).Select((chunk, share) => Encoding.UTF8.GetBytes(chunk[..(int)(chunk.Length * share)])),
        Gen.Byte.Array[0, 40]);

    [Fact]
    public void Request_AnyBody_IsTranslatedOrRefused()
    {
        var translated = 0;
        Gen.OneOf(Requests, SoundRequests, Gen.Byte.Array[0, 60], Values.Select(Encoding.UTF8.GetBytes), Gen.Select(Requests, Gen.Double[0, 1]).Select((body, share) => body[..(int)(body.Length * share)])).Sample(
        body =>
        {
            var translation = MessagesTranslation.Create(body, MessagesRig.Context(), out var error);
            Assert.NotEqual(translation is null, error is null);
            Assert.True(error is null || (error.Status == 400 && error.Message.Length is > 0 and < 400));
            if (translation is not null)
            {
                using var chat = JsonDocument.Parse(translation.Body, new JsonDocumentOptions { MaxDepth = 520 });
                Assert.All(chat.RootElement.GetProperty("messages").EnumerateArray(), message => Assert.Contains(message.GetProperty("role").GetString(), Roles));
                translated++;
                Assert.All(translation.LeftOut, name => Assert.Matches("^[ -~]{0,80}$", name));
            }
        },
        iter: Iterations, threads: 1);
        Assert.InRange(translated, Iterations / 8, Iterations);
    }

    [Fact]
    public void Stream_AnyChunks_KeepsItsOrder() => Gen.Select(Chunks.Array[0, 12], Gen.Bool).Sample(
        (chunks, whole) =>
        {
            var translation = MessagesRig.Create(MessagesRig.Hello);
            var output = new ArrayBufferWriter<byte>();
            foreach (var chunk in chunks)
            {
                translation.WriteChunk(chunk, output);
            }

            if (whole)
            {
                translation.WriteEnd(output);
            }

            translation.WriteFailure(502, "stream_interrupted", "broken", output);
            var read = MessagesLifecycle.Read(MessagesLifecycle.Events(output.WrittenSpan));
            Assert.Equal(whole, read.Error is null);
        },
        iter: Iterations, threads: 1);

    [Fact]
    public void Stream_WellFormedCalls_ComeWholeHoweverTheyAreCut() => Gen.Select(Gen.Int[1, 4], Gen.Int[0, 20].Array[1, 40]).Sample(
        (count, picks) =>
        {
            var wanted = Enumerable.Range(0, count).Select(i => $$"""{"n":{{i}},"s":"}]\"\\{"}""").ToArray();
            var sent = new int[count];
            var (translation, output) = (MessagesRig.Create(MessagesRig.Hello), new ArrayBufferWriter<byte>());
            foreach (var pick in picks.Concat(Enumerable.Repeat(100, count)).Select((pick, i) => (Call: pick == 100 ? i % count : pick % count, Length: pick == 100 ? 100 : 1 + (pick / 4))))
            {
                var piece = JsonSerializer.Serialize(wanted[pick.Call][sent[pick.Call]..Math.Min(wanted[pick.Call].Length, sent[pick.Call] + pick.Length)]);
                var head = sent[pick.Call] == 0 ? $"\"id\":\"c{pick.Call}\"," : "";
                translation.WriteChunk(Encoding.UTF8.GetBytes($"{{\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":{pick.Call},{head}\"function\":{{{(head.Length > 0 ? "\"name\":\"f\"," : "")}\"arguments\":{piece}}}}}]}}}}]}}"), output);
                sent[pick.Call] = Math.Min(wanted[pick.Call].Length, sent[pick.Call] + pick.Length);
            }

            for (var i = 0; i < count; i++)
            {
                var rest = JsonSerializer.Serialize(wanted[i][sent[i]..]);
                var head = sent[i] == 0 ? $"\"id\":\"c{i}\"," : "";
                translation.WriteChunk(Encoding.UTF8.GetBytes($"{{\"choices\":[{{\"delta\":{{\"tool_calls\":[{{\"index\":{i},{head}\"function\":{{{(head.Length > 0 ? "\"name\":\"f\"," : "")}\"arguments\":{rest}}}}}]}}}}]}}"), output);
            }

            translation.WriteEnd(output);
            var calls = MessagesLifecycle.Read(MessagesLifecycle.Events(output.WrittenSpan)).Calls.ToDictionary(call => call.Id!, call => call.Text.ToString());
            Assert.Equal(count, calls.Count);
            Assert.All(Enumerable.Range(0, count), i => Assert.Equal(wanted[i], calls[$"c{i}"]));
        },
        iter: 1000, threads: 1);

    [Fact]
    public void PlainAnswer_AnyBytes_IsWrittenAsJsonOrNotAtAll()
    {
        var written = 0;
        Gen.OneOf(Chunks, Deltas.Select(chunk => Encoding.UTF8.GetBytes(chunk.Replace("delta", "message", StringComparison.Ordinal)))).Sample(
        completion =>
        {
            var output = new ArrayBufferWriter<byte>();
            if (MessagesRig.Create(MessagesRig.Hello).TryWriteAnswer(completion, output))
            {
                using var answer = JsonDocument.Parse(output.WrittenMemory);
                written++;
                Assert.Equal("message", answer.RootElement.GetProperty("type").GetString());
                Assert.All(answer.RootElement.GetProperty("content").EnumerateArray(), block => Assert.True(block.GetProperty("type").GetString() != "tool_use" || block.GetProperty("input").ValueKind == JsonValueKind.Object));
            }
            else
            {
                Assert.Equal(0, output.WrittenCount);
            }
        },
        iter: Iterations, threads: 1);
        Assert.InRange(written, Iterations / 20, Iterations);
    }

    private static Gen<string> Pick(params string[] choices) => Gen.Int[0, choices.Length - 1].Select(i => choices[i]);

    private static string Quoted(string inside) => $"\"{inside}\"";
}
