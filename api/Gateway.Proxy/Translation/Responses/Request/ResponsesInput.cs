using System.Buffers;
using Gateway.Core.Errors;

namespace Gateway.Proxy.Translation;

/// <summary>Writes the conversation: what stands in <c>instructions</c> and <c>input</c> as messages.</summary>
internal sealed class ResponsesInput(ReadOnlyMemory<byte> input, ResponsesTools tools, ResponsesLeftOut leftOut, ResponsesWriter writer)
{
    private readonly ResponsesTurn _turn = new();
    private readonly ResponsesOutputs _outputs = new(input, writer);
    private GatewayError? _error;
    private bool _any;

    private static ReadOnlySpan<byte> Apart => "\\n\\n"u8;

    /// <summary>Writes the member <c>messages</c>.</summary>
    public GatewayError? Write(ResponsesValue instructions)
    {
        writer.Raw(",\"messages\":["u8);
        WriteSystem(instructions);
        var value = new ResponsesValue(input.Span);
        if (!value.Inner.IsEmpty)
        {
            writer.Raw(Comma()).Raw("{\"role\":\"user\",\"content\":"u8).Raw(value.Raw).Raw("}"u8);
        }
        else if (value.IsList)
        {
            var items = value.Fields;
            for (var i = 0; _error is null && items.Next(); i++)
            {
                WriteItem(items.Value, $"input[{i}]");
            }

            EndTurn();
        }

        writer.Raw("]"u8);
        return _error ?? (_any ? null : GatewayError.InvalidRequest(
            "input",
            "`input` has nothing in it that an engine could read. Send a text, or a list with at least one message."));
    }

    // Templates of many models refuse a system message anywhere but in front, so all of them are one.
    private void WriteSystem(ResponsesValue instructions)
    {
        var system = new ArrayBufferWriter<byte>();
        system.Write(instructions.Inner);
        var value = new ResponsesValue(input.Span);
        var items = value.Fields;
        for (var i = 0; value.IsList && _error is null && items.Next(); i++)
        {
            var item = ResponsesItem.Read(items.Value);
            if (item.IsSystem)
            {
                var before = system.WrittenCount > 0 ? Apart : [];
                _error = ResponsesTexts.Write(item.Content, before, Apart, new(system), $"input[{i}].content");
            }
        }

        if (system.WrittenCount > 0)
        {
            writer.Raw("{\"role\":\"system\",\"content\":"u8).Quoted(system.WrittenSpan).Raw("}"u8);
            _any = true;
        }
    }

    private void WriteItem(ResponsesValue value, string path)
    {
        var item = ResponsesItem.Read(value);
        if (!value.IsObject)
        {
            _error = GatewayError.InvalidRequest(
                path,
                $"`{path}` should be an object: a message with `role` and `content`, or another item of this API.");
        }
        else if (item.IsMessage)
        {
            WriteMessage(item, path);
        }
        else
        {
            WriteOther(item, path);
        }
    }

    private void WriteOther(in ResponsesItem item, string path)
    {
        switch (ResponsesItems.KindOf(item.Type))
        {
            case ResponsesItemKind.Call:
                EndMedia();
                _error = ResponsesItems.WriteCall(item, tools, _turn, path);
                break;
            case ResponsesItemKind.Output:
                EndText();
                _error = _outputs.Write(item, Comma(), path);
                break;
            case ResponsesItemKind.Reasoning:
                EndMedia();
                TakeReasoning(item);
                break;
            case ResponsesItemKind.Agent:
                EndTurn();
                WriteUser(item.Content, path + ".content");
                break;
            case ResponsesItemKind.Hosted:
                leftOut.Add(item.Type.Inner);
                break;
            case ResponsesItemKind.Reference:
                _error = GatewayError.InvalidRequest(
                    path + ".type",
                    $"`{path}` is a reference to an item (`item_reference`). Items are not kept here: send the item itself.");
                break;
            case ResponsesItemKind.Unknown:
            default:
                _error = GatewayError.InvalidRequest(
                    path + ".type",
                    $"`{path}` is of a type that no engine can be given, or of none. "
                    + "Send messages, function calls and their outputs, and leave this item out.");
                break;
        }
    }

    private void WriteMessage(in ResponsesItem item, string path)
    {
        if (item.Role.Is("assistant"u8))
        {
            EndMedia();
            _error = _turn.AddMessage(item.Content, path + ".content");
        }
        else if (item.Role.Is("user"u8))
        {
            EndTurn();
            WriteUser(item.Content, path + ".content");
        }
        else if (!item.IsSystem)
        {
            _error = GatewayError.InvalidRequest(
                path + ".role",
                $"`{path}.role` is not known. It can be `user`, `assistant`, `system` or `developer`.");
        }
    }

    private void WriteUser(ResponsesValue content, string path)
    {
        writer.Raw(Comma()).Raw("{\"role\":\"user\",\"content\":"u8).Raw(content.IsText ? content.Raw : []);
        if (content.IsList)
        {
            WriteParts(content, path);
        }
        else if (!content.IsText)
        {
            _error = GatewayError.InvalidRequest(path, $"`{path}` should be a text or a list of parts.");
        }

        writer.Raw("}"u8);
    }

    private void WriteParts(ResponsesValue content, string path)
    {
        var parts = content.Fields;
        var count = 0;
        for (var i = 0; _error is null && parts.Next(); i++)
        {
            var part = ResponsesPart.Read(parts.Value);
            if (part.Type.Is("encrypted_content"u8))
            {
                leftOut.Add("encrypted_content");
                continue;
            }

            _error = part.Check() is { } fault ? GatewayError.InvalidRequest($"{path}[{i}]", $"`{path}[{i}]` {fault}") : null;
            writer.Raw(count++ == 0 ? "["u8 : ","u8);
            part.Write(writer);
        }

        writer.Raw(count == 0 ? "\"\""u8 : "]"u8);
    }

    private void TakeReasoning(in ResponsesItem item)
    {
        if (!_turn.TryAddReasoning(item) && !item.Encrypted.IsMissing)
        {
            leftOut.Add("reasoning.encrypted_content");
        }
    }

    private void EndTurn()
    {
        EndText();
        EndMedia();
    }

    private void EndText() => _any |= _turn.Flush(writer, _any ? ","u8 : []);

    private void EndMedia()
    {
        if (_outputs.HasMedia && _error is null)
        {
            _outputs.Flush(Comma());
        }
    }

    private ReadOnlySpan<byte> Comma()
    {
        var comma = _any ? ","u8 : [];
        _any = true;
        return comma;
    }
}
