using System.Buffers.Text;

namespace Gateway.Proxy.Translation;

/// <summary>What one piece of a stream says of a tool call.</summary>
internal ref struct ResponsesCallPiece
{
    public int? Index { get; private set; }

    public ReadOnlySpan<byte> Id { get; private set; }

    public ReadOnlySpan<byte> Name { get; private set; }

    public ReadOnlySpan<byte> Arguments { get; private set; }

    public static ResponsesCallPiece Read(ResponsesValue value)
    {
        var piece = default(ResponsesCallPiece);
        var fields = value.Fields;
        while (fields.Next())
        {
            if (fields.Is("index"u8))
            {
                piece.Index = Utf8Parser.TryParse(fields.Value.Raw, out int index, out _) ? index : null;
            }
            else if (fields.Is("id"u8))
            {
                piece.Id = fields.Value.Inner;
            }
            else if (fields.Is("function"u8))
            {
                piece.ReadFunction(fields.Value);
            }
        }

        return piece;
    }

    private void ReadFunction(ResponsesValue function)
    {
        var fields = function.Fields;
        while (fields.Next())
        {
            if (fields.Is("name"u8))
            {
                Name = fields.Value.Inner;
            }
            else if (fields.Is("arguments"u8))
            {
                // Some engines give the object itself instead of its text.
                Arguments = fields.Value.IsObject ? ResponsesWriter.Escape(fields.Value.Raw) : fields.Value.Inner;
            }
        }
    }
}
