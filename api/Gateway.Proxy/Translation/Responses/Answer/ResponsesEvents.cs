using System.Buffers;

namespace Gateway.Proxy.Translation;

/// <summary>
/// Writes the events of one stream, each with its number. Without an output nothing is written: so an answer in one piece goes the same
/// way.
/// </summary>
internal sealed class ResponsesEvents
{
    private int _sequence;

    /// <summary>Where events go at the moment.</summary>
    public IBufferWriter<byte>? Output { get; set; }

    /// <summary>An event that has the whole response in it.</summary>
    public void Response(
        ReadOnlySpan<byte> name, ResponsesObject response, ReadOnlySpan<byte> status, ReadOnlySpan<byte> reason, ReadOnlySpan<byte> error)
    {
        if (Output is null)
        {
            return;
        }

        var writer = Begin(name).Raw(",\"response\":"u8);
        response.Write(writer, status, reason, error);
        writer.Raw("}\n\n"u8);
    }

    /// <summary>An item begins, and so does its part.</summary>
    public void Open(ResponsesOutput item)
    {
        if (Output is null)
        {
            return;
        }

        var writer = Begin("response.output_item.added"u8).Raw(",\"output_index\":"u8).Number(item.Index).Raw(",\"item\":"u8);
        item.Write(writer, "in_progress"u8, false, false);
        writer.Raw("}\n\n"u8);
        Part("response.content_part.added"u8, item, false);
    }

    /// <summary>More of an item.</summary>
    public void Delta(ResponsesOutput item, ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs)
    {
        if (Output is null || escaped.IsEmpty)
        {
            return;
        }

        var writer = Begin(item, DeltaName(item)).Raw(",\"delta\":"u8).Quoted(escaped);
        if (item.Kind == ResponsesOutputKind.Text)
        {
            writer.Raw(",\"logprobs\":["u8).Raw(logprobs).Raw("]"u8);
        }

        writer.Raw("}\n\n"u8);
    }

    /// <summary>An item ends.</summary>
    /// <param name="item">The item.</param>
    /// <param name="json">What it is in the answer.</param>
    public void Close(ResponsesOutput item, ReadOnlySpan<byte> json)
    {
        if (Output is null)
        {
            return;
        }

        Done(item);
        Part("response.content_part.done"u8, item, true);
        Begin("response.output_item.done"u8).Raw(",\"output_index\":"u8).Number(item.Index).Raw(",\"item\":"u8).Raw(json).Raw("}\n\n"u8);
    }

    private void Done(ResponsesOutput item)
    {
        switch (item.Kind)
        {
            case ResponsesOutputKind.Reasoning:
                Begin(item, "response.reasoning_text.done"u8).Raw(",\"text\":"u8).Quoted(item.Said).Raw("}\n\n"u8);
                break;
            case ResponsesOutputKind.Text:
                Begin(item, "response.output_text.done"u8).Raw(",\"text\":"u8).Quoted(item.Said).Raw(",\"logprobs\":["u8)
                    .Raw(item.Logprobs).Raw("]}\n\n"u8);
                break;
            case ResponsesOutputKind.Refusal:
                Begin(item, "response.refusal.done"u8).Raw(",\"refusal\":"u8).Quoted(item.Said).Raw("}\n\n"u8);
                break;
            case ResponsesOutputKind.Call when item.IsCustom:
                Begin(item, "response.custom_tool_call_input.done"u8).Raw(",\"input\":"u8).Quoted(item.Call!.Arguments.Input.Span)
                    .Raw("}\n\n"u8);
                break;
            case ResponsesOutputKind.Call:
            default:
                Begin(item, "response.function_call_arguments.done"u8).Raw(",\"name\":"u8).Quoted(item.Name).Raw(",\"arguments\":"u8)
                    .Quoted(item.Said).Raw("}\n\n"u8);
                break;
        }
    }

    private void Part(ReadOnlySpan<byte> name, ResponsesOutput item, bool filled)
    {
        if (item.Call is null)
        {
            var writer = Begin(item, name).Raw(",\"part\":"u8);
            item.WritePart(writer, filled);
            writer.Raw("}\n\n"u8);
        }
    }

    private static ReadOnlySpan<byte> DeltaName(ResponsesOutput item) => item.Kind switch
    {
        ResponsesOutputKind.Reasoning => "response.reasoning_text.delta"u8,
        ResponsesOutputKind.Text => "response.output_text.delta"u8,
        ResponsesOutputKind.Refusal => "response.refusal.delta"u8,
        ResponsesOutputKind.Call when item.IsCustom => "response.custom_tool_call_input.delta"u8,
        ResponsesOutputKind.Call => "response.function_call_arguments.delta"u8,
        _ => throw new InvalidOperationException("There is an item of an unknown kind."),
    };

    private ResponsesWriter Begin(ResponsesOutput item, ReadOnlySpan<byte> name)
    {
        var writer = Begin(name).Raw(",\"item_id\":"u8).Quoted(item.Id).Raw(",\"output_index\":"u8).Number(item.Index);
        return item.Call is null ? writer.Raw(",\"content_index\":0"u8) : writer;
    }

    private ResponsesWriter Begin(ReadOnlySpan<byte> name) =>
        new ResponsesWriter(Output!).Raw("event: "u8).Raw(name).Raw("\ndata: {\"type\":"u8).Quoted(name).Raw(",\"sequence_number\":"u8)
            .Number(_sequence++);
}
