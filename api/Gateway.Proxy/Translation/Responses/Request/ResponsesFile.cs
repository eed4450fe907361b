using System.Buffers;
using System.Buffers.Text;
using System.Text.Unicode;

namespace Gateway.Proxy.Translation;

/// <summary>Text files, which come as data URLs.</summary>
internal static class ResponsesFile
{
    private static ReadOnlySpan<byte> Base64Mark => ";base64,"u8;

    /// <summary>The file's name and its text, escaped; empty where it is no text.</summary>
    public static ReadOnlySpan<byte> Text(ResponsesValue data, ResponsesValue name)
    {
        var url = data.Inner;
        var mark = url.IndexOf(Base64Mark);
        if (mark < 0 || !(url.StartsWith("data:text/"u8) || url.StartsWith("data:application/json"u8)))
        {
            return [];
        }

        var encoded = url[(mark + Base64Mark.Length)..];
        var text = new byte[Base64.GetMaxDecodedFromUtf8Length(encoded.Length)];
        if (Base64.DecodeFromUtf8(encoded, text, out _, out var length) != OperationStatus.Done || !Utf8.IsValid(text.AsSpan(0, length)))
        {
            return [];
        }

        var escaped = ResponsesWriter.Escape(text.AsSpan(0, length));
        byte[] title = name.Inner.IsEmpty ? [] : [.. name.Inner, .. ":\\n\\n"u8];
        return (byte[])[.. title, .. escaped];
    }
}
