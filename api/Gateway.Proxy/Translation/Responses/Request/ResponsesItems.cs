using Gateway.Core.Errors;

namespace Gateway.Proxy.Translation;

/// <summary>What becomes of an item of the history that is no message.</summary>
internal enum ResponsesItemKind
{
    /// <summary>It is not known.</summary>
    Unknown,

    /// <summary>The model calls a tool of the client.</summary>
    Call,

    /// <summary>What such a tool gave.</summary>
    Output,

    /// <summary>What the model thought.</summary>
    Reasoning,

    /// <summary>What another agent says to this one.</summary>
    Agent,

    /// <summary>It belongs to a tool, or a service, of the API's maker; what the model made of it stands in the text.</summary>
    Hosted,

    /// <summary>It stands for an item that was kept.</summary>
    Reference,
}

/// <summary>The types of items, and how calls are written.</summary>
internal static class ResponsesItems
{
    public static ResponsesItemKind KindOf(ResponsesValue type) => type.Decode() switch
    {
        "function_call" or "custom_tool_call" or "local_shell_call" or "shell_call" or "apply_patch_call" => ResponsesItemKind.Call,
        "function_call_output" or "custom_tool_call_output" => ResponsesItemKind.Output,
        "local_shell_call_output" or "shell_call_output" or "apply_patch_call_output" => ResponsesItemKind.Output,
        "reasoning" => ResponsesItemKind.Reasoning,
        "agent_message" => ResponsesItemKind.Agent,
        "item_reference" => ResponsesItemKind.Reference,
        "web_search_call" or "file_search_call" or "code_interpreter_call" or "image_generation_call" => ResponsesItemKind.Hosted,
        "tool_search_call" or "tool_search_output" or "additional_tools" => ResponsesItemKind.Hosted,
        "mcp_call" or "mcp_list_tools" or "mcp_approval_request" or "mcp_approval_response" => ResponsesItemKind.Hosted,
        _ => ResponsesItemKind.Unknown,
    };

    /// <summary>Adds a call to the turn.</summary>
    public static GatewayError? WriteCall(in ResponsesItem item, ResponsesTools tools, ResponsesTurn turn, string path)
    {
        if ((item.CallId.Decode() ?? item.Id.Decode()) is not { Length: > 0 } id)
        {
            return GatewayError.InvalidRequest(
                path + ".call_id",
                $"`{path}` has no `call_id`, which its output refers to. Send the one that the answer had.");
        }

        var custom = item.Type.Is("custom_tool_call"u8);
        var name = item.Name.Decode() ?? NameOf(item.Type);
        if (string.IsNullOrEmpty(name))
        {
            return GatewayError.InvalidRequest(path + ".name", $"`{path}` has no `name`. Send the name of the tool that was called.");
        }

        var writer = turn.BeginCall().Raw("{\"id\":"u8).Text(ResponsesCallIds.ToEngine(id))
            .Raw(",\"type\":\"function\",\"function\":{\"name\":"u8);
        writer.Text(tools.ForEngine(new(item.Namespace.Decode(), name, custom))).Raw(",\"arguments\":\""u8);
        WriteArguments(item.Said, custom, writer);
        writer.Raw("\"}}"u8);
        return null;
    }

    /// <summary>The output is a list of parts, as this API has it, and not some other list.</summary>
    public static bool HasParts(ResponsesValue output)
    {
        var parts = output.Fields;
        return !parts.Next() || !ResponsesFields.Find(parts.Value, "type"u8).IsMissing;
    }

    // Engines parse arguments, so there have to be some.
    private static void WriteArguments(ResponsesValue said, bool custom, ResponsesWriter writer)
    {
        if (custom)
        {
            writer.Raw(ResponsesWriter.Escape([.. "{\"input\":\""u8, .. said.Inner, .. "\"}"u8]));
        }
        else if (said.IsText)
        {
            writer.Raw(said.Inner.Trim((byte)' ').IsEmpty ? "{}"u8 : said.Inner);
        }
        else
        {
            writer.Raw(said.IsMissing ? "{}"u8 : ResponsesWriter.Escape(said.Raw));
        }
    }

    // Tools that clients run but the API's maker describes: their calls stay what they were.
    private static string? NameOf(ResponsesValue type) => type.Decode() switch
    {
        "local_shell_call" => "local_shell",
        "shell_call" => "shell",
        "apply_patch_call" => "apply_patch",
        _ => null,
    };
}
