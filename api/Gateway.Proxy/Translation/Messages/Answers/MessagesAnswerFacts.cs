using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Gateway.Proxy.Translation;

/// <summary>What a plain answer and a streamed one say in the same words: ids, the model, names of tools, and why it ended.</summary>
internal sealed class MessagesAnswerFacts(MessagesRequest request, TranslationContext context)
{
    private byte[]? _id;
    private byte[]? _model;

    public MessagesToolNames Names => request.Draft.Names;

    public bool HidesThinking => request.HidesThinking;

    /// <summary>The answer's id behind its prefix.</summary>
    public byte[] Id => _id ??= Encoding.ASCII.GetBytes(context.NewId());

    /// <summary>The model, as it stands between quotes: the engine's word for it, or what was asked for.</summary>
    public byte[] Model =>
        _model ??= JsonEncodedText.Encode(context.EngineModel, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray();

    /// <summary>Notes the engine's word for the model; the first counts.</summary>
    public void NoteModel(ReadOnlySpan<byte> inside)
    {
        if (_model is null && !inside.IsEmpty)
        {
            _model = inside.ToArray();
        }
    }

    /// <summary>The stop sequence that the engine names, if the caller gave it; else nothing.</summary>
    public byte[] StopOf(ReadOnlySpan<byte> inside)
    {
        if (inside.IsEmpty || request.Stops.Count == 0 || MessagesText.Unescaped(inside) is not { } text)
        {
            return [];
        }

        return request.Stops.Find(stop => stop.AsSpan().SequenceEqual(text)) ?? [];
    }

    /// <summary>Writes the id of a call, without quotes; a new one where the engine gave none, or one twice.</summary>
    public void WriteCallId(IBufferWriter<byte> output, ReadOnlySpan<byte> inside)
    {
        if (inside.IsEmpty)
        {
            output.Write("toolu_"u8);
            output.Write(Encoding.ASCII.GetBytes(context.NewId()));
        }
        else
        {
            MessagesToolIds.WriteForCaller(output, inside);
        }
    }

    /// <summary>The stop reason. A call decides over the engine's word, but not over an answer that was cut or filtered.</summary>
    public static ReadOnlySpan<byte> ReasonOf(MessagesFinish finish, bool calls, bool refuses, bool stopped)
    {
        if (finish == MessagesFinish.Length)
        {
            return "max_tokens"u8;
        }

        if (calls && finish != MessagesFinish.ContentFilter)
        {
            return "tool_use"u8;
        }

        if (refuses || finish == MessagesFinish.ContentFilter)
        {
            return "refusal"u8;
        }

        return stopped && finish == MessagesFinish.Stop ? "stop_sequence"u8 : "end_turn"u8;
    }
}
