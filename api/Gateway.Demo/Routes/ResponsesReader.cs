using System.Text.Json;
using Gateway.Demo.Answers;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>Reads a request of the Responses API.</summary>
internal static class ResponsesReader
{
    public static Conversation Read(RequestReader request)
    {
        if (request.Text("previous_response_id") is { } previous)
        {
            request.Fail("previous_response_id", $"The built-in demo engine keeps no responses, so there is no {previous}. Send the whole conversation as `input`.");
        }

        if (request.Flag("background"))
        {
            request.Fail("background", "The built-in demo engine answers nothing in the background.");
        }

        var conversation = new Conversation { Messages = ReadMessages(request), MaxTokens = request.Count("max_output_tokens", 1, int.MaxValue) };
        conversation = new ToolReader(request, nested: false).AddTo(conversation);
        var format = request.Member("text")?.Member("format");
        return FormatReader.AddTo(conversation, request, format, format, "text.format");
    }

    private static List<Message> ReadMessages(RequestReader request)
    {
        var messages = new List<Message>();
        if (request.Text("instructions") is { } instructions)
        {
            messages.Add(new Message(Speaker.Instructions, instructions));
        }

        var input = request.Member("input");
        switch (input?.ValueKind)
        {
            case JsonValueKind.String:
                messages.Add(new Message(Speaker.User, input.Value.GetString()!));
                break;
            case JsonValueKind.Array when input.Value.GetArrayLength() > 0:
                ReadItems(request, input.Value, messages);
                break;
            default:
                request.Fail("input", "`input` is missing: it must be a text or a list of at least one item.");
                break;
        }

        return messages;
    }

    private static void ReadItems(RequestReader request, JsonElement input, List<Message> messages)
    {
        foreach (var (index, item) in input.EnumerateArray().Index())
        {
            if (item.ValueKind != JsonValueKind.Object || (item.Text("type") is null or "message" && MessageReader.Read(item) is null))
            {
                request.Fail("input", $"Item {index} of `input` must be a message with a role that is known and content, or an item with a type.");
                return;
            }

            if (Read(item) is { } message)
            {
                messages.Add(message);
            }
        }
    }

    /// <summary>What an item says; null where it says nothing to the demo (thinking, references, calls of other kinds).</summary>
    private static Message? Read(JsonElement item) => item.Text("type") switch
    {
        null or "message" => MessageReader.Read(item),
        "function_call" => new Message(Speaker.Assistant, item.Text("name") + item.Text("arguments")),
        "function_call_output" => new Message(Speaker.Tool, MessageReader.TextOf(item.Member("output"))),
        _ => null,
    };
}
