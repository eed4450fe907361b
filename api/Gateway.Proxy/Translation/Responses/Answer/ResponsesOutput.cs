using System.Buffers;
using System.Text;

namespace Gateway.Proxy.Translation;

/// <summary>What an item of an answer is.</summary>
internal enum ResponsesOutputKind
{
    Reasoning,
    Text,
    Refusal,
    Call,
}

/// <summary>One item of an answer while it is made: it waits for its turn, or it is the open one.</summary>
internal sealed class ResponsesOutput(ResponsesOutputKind kind, ResponsesCall? call)
{
    private readonly ArrayBufferWriter<byte> _text = new();
    private readonly ArrayBufferWriter<byte> _logprobs = new();

    public ResponsesOutputKind Kind => kind;

    public ResponsesCall? Call => call;

    /// <summary>Its place in the answer.</summary>
    public int Index { get; set; }

    /// <summary>Its id, from when it is open.</summary>
    public byte[] Id { get; private set; } = [];

    /// <summary>
    /// Of a call: the id that its output refers to, and the name and the namespace that the client has for the tool, escaped.
    /// </summary>
    public byte[] CallId { get; private set; } = [];

    public byte[] Name { get; private set; } = [];

    public byte[]? Namespace { get; private set; }

    /// <summary>It calls a free-form tool.</summary>
    public bool IsCustom { get; private set; }

    /// <summary>What it says so far, escaped.</summary>
    public ReadOnlySpan<byte> Said => call is null ? _text.WrittenSpan : call.Arguments.Escaped;

    /// <summary>The elements of a list.</summary>
    public ReadOnlySpan<byte> Logprobs => _logprobs.WrittenSpan;

    /// <summary>Nothing more can belong to it, as far as one can see.</summary>
    public bool IsWhole => call is null || call.Arguments.IsWhole;

    /// <summary>It can be begun: a call needs its name.</summary>
    public bool IsReady => call is null || call.Name.Length > 0;

    public void Add(ReadOnlySpan<byte> escaped, ReadOnlySpan<byte> logprobs)
    {
        _text.Write(escaped);
        if (!logprobs.IsEmpty)
        {
            _logprobs.Write(_logprobs.WrittenCount > 0 ? ","u8 : []);
            _logprobs.Write(logprobs);
        }
    }

    /// <summary>Gives it the names under which the client sees it.</summary>
    public void Open(string id, int index)
    {
        var prefix = kind == ResponsesOutputKind.Reasoning ? "rs_" : call is null ? "msg_" : IsCustom ? "ctc_" : "fc_";
        Id = Encoding.UTF8.GetBytes(prefix + id);
        Index = index;
    }

    /// <summary>Gives a call the names under which the client knows the tool.</summary>
    public void Resolve(string callId, string name, ResponsesTool? tool)
    {
        IsCustom = tool?.Key.Custom ?? false;
        CallId = ResponsesWriter.Escape(callId).ToArray();
        Name = ResponsesWriter.Escape(tool?.Key.Name ?? name).ToArray();
        Namespace = tool?.Key.Namespace is { } group ? ResponsesWriter.Escape(group).ToArray() : null;
    }

    /// <summary>Writes the item.</summary>
    /// <param name="writer">Takes it.</param>
    /// <param name="status">How far it is.</param>
    /// <param name="filled">With what it says.</param>
    /// <param name="wraps">Reasoning is wrapped for clients that keep nothing else.</param>
    public void Write(ResponsesWriter writer, ReadOnlySpan<byte> status, bool filled, bool wraps)
    {
        if (call is not null)
        {
            WriteCall(writer, status, filled);
            return;
        }

        var reasoning = kind == ResponsesOutputKind.Reasoning;
        writer.Raw(reasoning ? "{\"type\":\"reasoning\",\"id\":"u8 : "{\"type\":\"message\",\"id\":"u8).Quoted(Id);
        if (reasoning)
        {
            writer.Raw(",\"summary\":[]"u8);
        }
        else
        {
            writer.Raw(",\"status\":"u8).Quoted(status).Raw(",\"role\":\"assistant\""u8);
        }

        writer.Raw(",\"content\":["u8);
        if (filled)
        {
            WritePart(writer, true);
        }

        writer.Raw("]"u8);
        if (reasoning && filled && wraps)
        {
            ResponsesReasoning.Wrap(Said, writer.Raw(",\"encrypted_content\":"u8));
        }

        writer.Raw("}"u8);
    }

    /// <summary>Writes its one part.</summary>
    public void WritePart(ResponsesWriter writer, bool filled)
    {
        var said = filled ? Said : [];
        switch (kind)
        {
            case ResponsesOutputKind.Reasoning:
                writer.Raw("{\"type\":\"reasoning_text\",\"text\":"u8).Quoted(said).Raw("}"u8);
                break;
            case ResponsesOutputKind.Refusal:
                writer.Raw("{\"type\":\"refusal\",\"refusal\":"u8).Quoted(said).Raw("}"u8);
                break;
            case ResponsesOutputKind.Text:
            case ResponsesOutputKind.Call:
            default:
                writer.Raw("{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":["u8).Raw(filled ? Logprobs : [])
                    .Raw("],\"text\":"u8).Quoted(said).Raw("}"u8);
                break;
        }
    }

    private void WriteCall(ResponsesWriter writer, ReadOnlySpan<byte> status, bool filled)
    {
        writer.Raw(IsCustom ? "{\"type\":\"custom_tool_call\",\"id\":"u8 : "{\"type\":\"function_call\",\"id\":"u8).Quoted(Id)
            .Raw(",\"call_id\":"u8).Quoted(CallId);
        writer.Raw(",\"name\":"u8).Quoted(Name);
        if (Namespace is { } group)
        {
            writer.Raw(",\"namespace\":"u8).Quoted(group);
        }

        if (IsCustom)
        {
            writer.Raw(",\"input\":"u8).Quoted(filled ? call!.Arguments.Input.Span : []).Raw("}"u8);
        }
        else
        {
            writer.Raw(",\"arguments\":"u8).Quoted(filled ? Said : []).Raw(",\"status\":"u8).Quoted(status).Raw("}"u8);
        }
    }
}
