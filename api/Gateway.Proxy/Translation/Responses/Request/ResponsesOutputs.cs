using Gateway.Core.Errors;

namespace Gateway.Proxy.Translation;

/// <summary>
/// Writes what tools gave. A tool message of chat completions is text, so pictures and files wait until the last output of their turn
/// and follow in a message of the user.
/// </summary>
internal sealed class ResponsesOutputs(ReadOnlyMemory<byte> input, ResponsesWriter writer)
{
    private readonly List<(string CallId, Range Part)> _media = [];

    /// <summary>Something waits.</summary>
    public bool HasMedia => _media.Count > 0;

    public GatewayError? Write(in ResponsesItem item, ReadOnlySpan<byte> before, string path)
    {
        // The oldest kind of call has its id under another name.
        if ((item.CallId.Decode() ?? item.Id.Decode()) is not { Length: > 0 } id)
        {
            return GatewayError.InvalidRequest(
                path + ".call_id",
                $"`{path}` does not say which call it answers. Send the `call_id` of the call.");
        }

        var error = default(GatewayError);
        writer.Raw(before).Raw("{\"role\":\"tool\",\"tool_call_id\":"u8).Text(ResponsesCallIds.ToEngine(id)).Raw(",\"content\":\""u8);
        if (item.Output.IsList && ResponsesItems.HasParts(item.Output))
        {
            error = WriteParts(item.Output, ResponsesCallIds.ToEngine(id), path + ".output");
        }
        else if (item.Output.IsText)
        {
            writer.Raw(item.Output.Inner);
        }
        else
        {
            writer.Raw(item.Output.IsMissing ? [] : ResponsesWriter.Escape(item.Output.Raw));
        }

        writer.Raw("\"}"u8);
        return error;
    }

    /// <summary>Writes what waits.</summary>
    public void Flush(ReadOnlySpan<byte> before)
    {
        writer.Raw(before).Raw("{\"role\":\"user\",\"content\":["u8);
        for (var i = 0; i < _media.Count; i++)
        {
            writer.Raw(i == 0 ? [] : ","u8).Raw("{\"type\":\"text\",\"text\":"u8)
                .Text($"From the output of the tool call {_media[i].CallId}:").Raw("},"u8);
            ResponsesPart.Read(new(input.Span[_media[i].Part])).Write(writer);
        }

        _media.Clear();
        writer.Raw("]}"u8);
    }

    private GatewayError? WriteParts(ResponsesValue output, string id, string path)
    {
        var any = false;
        var media = _media.Count;
        var parts = output.Fields;
        for (var i = 0; parts.Next(); i++)
        {
            var part = ResponsesPart.Read(parts.Value);
            if (part.Check() is { } fault)
            {
                return GatewayError.InvalidRequest($"{path}[{i}]", $"`{path}[{i}]` {fault}");
            }

            var file = default(ReadOnlySpan<byte>);
            if (part.IsText || part.TryReadFile(out file))
            {
                writer.Raw(any ? "\\n"u8 : []).Raw(part.IsText ? part.Text.Inner : file);
                any = true;
                continue;
            }

            input.Span.Overlaps(parts.Value.Raw, out var start);
            _media.Add((id, start..(start + parts.Value.Raw.Length)));
        }

        writer.Raw(!any && _media.Count > media ? "The output is in the next message."u8 : []);
        return null;
    }
}
