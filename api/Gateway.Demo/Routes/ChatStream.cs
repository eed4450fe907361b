using System.Text.Json;
using Gateway.Demo.Answers;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>Chat as a stream: the role, the words or the arguments one by one, the reason of the end, the usage where asked for, the end mark.</summary>
internal sealed class ChatStream(EventStream events, AnswerHead head, Answer answer, bool includeUsage)
{
    public async Task WriteAsync(int choices, Usage usage)
    {
        for (var index = 0; index < choices; index++)
        {
            var call = answer.Tool is null ? null : DemoExchange.NewId("call_");
            await SendAsync(index, json => WriteFirst(json, call), finish: null);
            foreach (var word in answer.Words)
            {
                await events.PauseAsync();
                await SendAsync(index, json => WriteNext(json, word), finish: null);
            }

            await SendAsync(index, static _ => { }, answer.FinishReason);
        }

        if (includeUsage)
        {
            await events.SendAsync(json => WriteUsage(json, usage));
        }

        await events.SendDoneAsync();
    }

    private Task SendAsync(int index, Action<Utf8JsonWriter> delta, string? finish) => events.SendAsync(json =>
    {
        json.WriteStartObject();
        head.Write(json, "chat.completion.chunk");
        json.WriteStartArray("choices"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, index);
        json.WriteStartObject("delta"u8);
        delta(json);
        json.WriteEndObject();
        json.WriteNull("logprobs"u8);
        json.WriteString("finish_reason"u8, finish);
        json.WriteEndObject();
        json.WriteEndArray();
        if (includeUsage)
        {
            json.WriteNull("usage"u8);
        }

        json.WriteEndObject();
    });

    private void WriteFirst(Utf8JsonWriter json, string? call)
    {
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, call is null ? "" : null);
        if (call is null)
        {
            return;
        }

        json.WriteStartArray("tool_calls"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteString("id"u8, call);
        json.WriteString("type"u8, "function"u8);
        json.WriteStartObject("function"u8);
        json.WriteString("name"u8, answer.Tool);
        json.WriteString("arguments"u8, ""u8);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void WriteNext(Utf8JsonWriter json, string word)
    {
        if (answer.Tool is null)
        {
            json.WriteString("content"u8, word);
            return;
        }

        json.WriteStartArray("tool_calls"u8);
        json.WriteStartObject();
        json.WriteNumber("index"u8, 0);
        json.WriteStartObject("function"u8);
        json.WriteString("arguments"u8, word);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private void WriteUsage(Utf8JsonWriter json, Usage usage)
    {
        json.WriteStartObject();
        head.Write(json, "chat.completion.chunk");
        json.WriteStartArray("choices"u8);
        json.WriteEndArray();
        usage.Write(json);
        json.WriteEndObject();
    }
}
