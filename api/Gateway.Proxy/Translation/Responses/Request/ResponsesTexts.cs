using Gateway.Core.Errors;

namespace Gateway.Proxy.Translation;

/// <summary>Content that can be nothing but text.</summary>
internal static class ResponsesTexts
{
    /// <summary>Writes the texts, escaped and without quotes.</summary>
    /// <param name="content">A text, or a list of parts.</param>
    /// <param name="before">Comes before the first text.</param>
    /// <param name="between">Comes between two.</param>
    /// <param name="writer">Takes them; nothing where there is no text.</param>
    /// <param name="path">What the content is called in an error.</param>
    public static GatewayError? Write(
        ResponsesValue content, ReadOnlySpan<byte> before, ReadOnlySpan<byte> between, ResponsesWriter writer, string path)
    {
        if (content.IsText)
        {
            writer.Raw(content.Inner.IsEmpty ? [] : before).Raw(content.Inner);
            return null;
        }

        if (!content.IsList)
        {
            return content.IsMissing ? null : GatewayError.InvalidRequest(path, $"`{path}` should be a text or a list of parts.");
        }

        var parts = content.Fields;
        for (var i = 0; parts.Next(); i++)
        {
            var part = ResponsesPart.Read(parts.Value);
            if (!part.IsText && !part.IsRefusal)
            {
                return GatewayError.InvalidRequest(
                    $"{path}[{i}].type",
                    $"`{path}[{i}]` has to be a text here: `input_text`, or `output_text` and `refusal` in an answer of the model.");
            }

            if (!part.Text.Inner.IsEmpty)
            {
                writer.Raw(before).Raw(part.Text.Inner);
                before = between;
            }
        }

        return null;
    }
}
