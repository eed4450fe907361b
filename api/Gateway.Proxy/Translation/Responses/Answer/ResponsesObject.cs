using System.Buffers;
using System.Text;

namespace Gateway.Proxy.Translation;

/// <summary>The response object of one answer: what it is made of, and how it is written at any moment.</summary>
internal sealed class ResponsesObject(ResponsesFrame frame)
{
    private readonly ArrayBufferWriter<byte> _items = new();
    private readonly byte[] _id = Encoding.UTF8.GetBytes("resp_" + frame.Context.NewId());
    private readonly long _created = frame.Context.Clock.GetUtcNow().ToUnixTimeSeconds();
    private byte[]? _model;

    /// <summary>So many items are complete.</summary>
    public int Count { get; private set; }

    public ResponsesUsage Usage;

    /// <summary>Notes the model that the engine names, escaped.</summary>
    public void Name(ReadOnlySpan<byte> model) => _model ??= model.IsEmpty ? null : model.ToArray();

    /// <summary>Adds an item as it will stand in the answer.</summary>
    /// <returns>Its bytes.</returns>
    public ReadOnlySpan<byte> Add(ResponsesOutput item, ReadOnlySpan<byte> status)
    {
        _items.Write(Count++ > 0 ? ","u8 : []);
        var start = _items.WrittenCount;
        item.Write(new(_items), status, true, frame.WrapsReasoning);
        return _items.WrittenSpan[start..];
    }

    /// <summary>Writes the whole object.</summary>
    /// <param name="writer">Takes it.</param>
    /// <param name="status">How far the answer is.</param>
    /// <param name="reason">Why it is incomplete.</param>
    /// <param name="error">Why it failed, as JSON.</param>
    public void Write(ResponsesWriter writer, ReadOnlySpan<byte> status, ReadOnlySpan<byte> reason, ReadOnlySpan<byte> error)
    {
        var running = status.SequenceEqual("in_progress"u8);
        writer.Raw("{\"id\":"u8).Quoted(_id).Raw(",\"object\":\"response\",\"created_at\":"u8).Number(_created).Raw(",\"completed_at\":"u8);
        if (status.SequenceEqual("completed"u8))
        {
            writer.Number(frame.Context.Clock.GetUtcNow().ToUnixTimeSeconds());
        }
        else
        {
            writer.Raw("null"u8);
        }

        writer.Raw(",\"status\":"u8).Quoted(status).Raw(",\"error\":"u8).Raw(error.IsEmpty ? "null"u8 : error);
        writer.Raw(",\"incomplete_details\":"u8).Raw(reason.IsEmpty ? "null"u8 : "{\"reason\":\""u8).Raw(reason)
            .Raw(reason.IsEmpty ? [] : "\"}"u8);
        writer.Raw(",\"model\":"u8).Quoted(_model is null ? ResponsesWriter.Escape(frame.Context.EngineModel) : _model);
        writer.Raw(",\"output\":["u8).Raw(running ? [] : _items.WrittenSpan).Raw("],\"usage\":"u8);
        if (running)
        {
            writer.Raw("null"u8);
        }
        else
        {
            Usage.Write(writer);
        }

        writer.Raw(frame.Echo).Raw("}"u8);
    }
}
