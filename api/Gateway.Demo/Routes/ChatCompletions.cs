using System.Text.Json;
using Gateway.Demo.Answers;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>Chat: reads the request, and answers whole or as a stream.</summary>
internal static class ChatCompletions
{
    private const int MostChoices = 128;

    public static async Task<DemoError?> AnswerAsync(DemoExchange exchange)
    {
        var request = exchange.Request;
        var conversation = Read(request);
        var settings = StreamSettings.Read(request);
        var count = request.Count("n", 1, MostChoices) ?? 1;
        if (request.Fault is { } fault)
        {
            return fault;
        }

        var (answer, error) = Composer.Compose(conversation, "messages");
        if (answer is null)
        {
            return error;
        }

        var usage = new Usage(answer.PromptTokens, answer.Words.Count * count);
        var head = new AnswerHead(DemoExchange.NewId("chatcmpl-"), exchange.Now);
        if (settings.Stream)
        {
            await new ChatStream(exchange.OpenStream(), head, answer, settings.IncludeUsage).WriteAsync(count, usage);
        }
        else
        {
            await exchange.WriteAsync(json => Write(json, head, answer, count, usage));
        }

        return null;
    }

    private static Conversation Read(RequestReader request)
    {
        var conversation = new Conversation
        {
            Messages = ReadMessages(request),
            MaxTokens = request.Count("max_completion_tokens", 1, int.MaxValue) ?? request.Count("max_tokens", 1, int.MaxValue),
            Stops = request.Texts("stop"),
        };
        conversation = new ToolReader(request, nested: true).AddTo(conversation);
        var format = request.Member("response_format");
        return FormatReader.AddTo(conversation, request, format, format?.Member("json_schema"), "response_format");
    }

    private static List<Message> ReadMessages(RequestReader request)
    {
        var messages = new List<Message>();
        if (request.Member("messages") is not { ValueKind: JsonValueKind.Array } list || list.GetArrayLength() == 0)
        {
            request.Fail("messages", "`messages` is missing: it must be a list of at least one message.");
            return messages;
        }

        foreach (var item in list.EnumerateArray())
        {
            if (MessageReader.Read(item) is not { } message)
            {
                request.Fail("messages", $"Message {messages.Count} must have a role that is known, and text or a list of parts as content.");
                break;
            }

            messages.Add(message);
        }

        return messages;
    }

    private static void Write(Utf8JsonWriter json, AnswerHead head, Answer answer, int count, Usage usage)
    {
        json.WriteStartObject();
        head.Write(json, "chat.completion");
        json.WriteStartArray("choices"u8);
        for (var index = 0; index < count; index++)
        {
            json.WriteStartObject();
            json.WriteNumber("index"u8, index);
            WriteMessage(json, answer);
            json.WriteNull("logprobs"u8);
            json.WriteString("finish_reason"u8, answer.FinishReason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        usage.Write(json);
        json.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter json, Answer answer)
    {
        json.WriteStartObject("message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteString("content"u8, answer.Tool is null ? answer.Text : null);
        json.WriteNull("refusal"u8);
        if (answer.Tool is not null)
        {
            json.WriteStartArray("tool_calls"u8);
            json.WriteStartObject();
            json.WriteString("id"u8, DemoExchange.NewId("call_"));
            json.WriteString("type"u8, "function"u8);
            json.WriteStartObject("function"u8);
            json.WriteString("name"u8, answer.Tool);
            json.WriteString("arguments"u8, answer.Text);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
