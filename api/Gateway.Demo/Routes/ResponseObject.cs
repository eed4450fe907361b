using System.Text.Json;
using Gateway.Demo.Answers;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>The response as an object: at its beginning without output, at its end with it.</summary>
internal sealed class ResponseObject(RequestReader request, Answer answer, long created)
{
    /// <summary>Settings that an answer repeats, each with what it is when the request does not say.</summary>
    private static readonly (string Name, string Default)[] Repeated =
    [
        ("instructions", "null"), ("max_output_tokens", "null"), ("metadata", "{}"), ("parallel_tool_calls", "true"), ("reasoning", """{"effort":null,"summary":null}"""),
        ("temperature", "1.0"), ("text", """{"format":{"type":"text"}}"""), ("tool_choice", "\"auto\""), ("tools", "[]"), ("top_p", "1.0"), ("truncation", "\"disabled\""), ("user", "null"),
    ];

    private readonly string _id = DemoExchange.NewId("resp_");
    private readonly string _callId = DemoExchange.NewId("call_");

    public string ItemId { get; } = DemoExchange.NewId(answer.Tool is null ? "msg_" : "fc_");

    public Answer Answer => answer;

    /// <summary>The event that ends its stream, and the state it ends in.</summary>
    public string FinalState => answer.Cut ? "incomplete" : "completed";

    public void Write(Utf8JsonWriter json, bool final)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, _id);
        json.WriteString("object"u8, "response"u8);
        json.WriteNumber("created_at"u8, created);
        json.WriteString("status"u8, final ? FinalState : "in_progress");
        json.WriteNull("error"u8);
        json.WritePropertyName("incomplete_details"u8);
        json.WriteRawValue(final && answer.Cut ? """{"reason":"max_output_tokens"}""" : "null");
        json.WriteString("model"u8, DemoModel.Id);
        WriteOutput(json, final);
        json.WriteNull("previous_response_id"u8);
        json.WriteBoolean("store"u8, false);
        foreach (var (name, otherwise) in Repeated)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(request.Member(name)?.GetRawText() ?? otherwise);
        }

        WriteUsage(json, final);
        json.WriteEndObject();
    }

    /// <summary>The one item of its output: a message, or the call of a function.</summary>
    public void WriteItem(Utf8JsonWriter json, bool final)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, ItemId);
        json.WriteString("type"u8, answer.Tool is null ? "message"u8 : "function_call"u8);
        json.WriteString("status"u8, final ? FinalState : "in_progress");
        if (answer.Tool is null)
        {
            json.WriteString("role"u8, "assistant"u8);
            json.WriteStartArray("content"u8);
            if (final)
            {
                WritePart(json, answer.Text);
            }

            json.WriteEndArray();
        }
        else
        {
            json.WriteString("call_id"u8, _callId);
            json.WriteString("name"u8, answer.Tool);
            json.WriteString("arguments"u8, final ? answer.Text : "");
        }

        json.WriteEndObject();
    }

    /// <summary>The text of the message.</summary>
    public static void WritePart(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "output_text"u8);
        json.WriteString("text"u8, text);
        json.WriteStartArray("annotations"u8);
        json.WriteEndArray();
        json.WriteStartArray("logprobs"u8);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void WriteOutput(Utf8JsonWriter json, bool final)
    {
        json.WriteStartArray("output"u8);
        if (final)
        {
            WriteItem(json, final);
        }

        json.WriteEndArray();
    }

    private void WriteUsage(Utf8JsonWriter json, bool final)
    {
        if (!final)
        {
            json.WriteNull("usage"u8);
            return;
        }

        json.WriteStartObject("usage"u8);
        json.WriteNumber("input_tokens"u8, answer.PromptTokens);
        json.WritePropertyName("input_tokens_details"u8);
        json.WriteRawValue("""{"cached_tokens":0}""");
        json.WriteNumber("output_tokens"u8, answer.Words.Count);
        json.WritePropertyName("output_tokens_details"u8);
        json.WriteRawValue("""{"reasoning_tokens":0}""");
        json.WriteNumber("total_tokens"u8, answer.PromptTokens + answer.Words.Count);
        json.WriteEndObject();
    }
}
