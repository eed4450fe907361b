using System.Buffers;
using System.Text;
using Gateway.Core.Errors;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Translation;

/// <summary>
/// Writes the body for chat completions from the members that are known; no other member gets through. The tools come first, since
/// their names are needed for the calls of the history.
/// </summary>
internal sealed class ResponsesRequest(JsonMembers members, TranslationContext context)
{
    private static readonly string[] Refused = ["previous_response_id", "conversation", "prompt", "moderation"];

    // Names that both APIs have, or that engines know in both.
    private static readonly byte[][] Carried =
    [
        [.. "temperature"u8], [.. "top_p"u8], [.. "frequency_penalty"u8], [.. "presence_penalty"u8], [.. "seed"u8], [.. "stop"u8],
        [.. "top_k"u8], [.. "min_p"u8], [.. "user"u8],
    ];

    private readonly ArrayBufferWriter<byte> _body = new(members.Body.Length + 1024);
    private readonly ResponsesLeftOut _leftOut = new();

    public ReadOnlyMemory<byte> Body => _body.WrittenMemory;

    public IReadOnlyList<string> LeftOut => _leftOut.Names;

    public ResponsesTools? Tools { get; private set; }

    public bool Streams => Value("stream"u8).IsTrue;

    private ResponsesWriter Writer => new(_body);

    /// <summary>The last member of that name, as most readers have it.</summary>
    public ResponsesValue Value(ReadOnlySpan<byte> name)
    {
        for (var i = members.All.Count - 1; i >= 0; i--)
        {
            if (members.All[i].Is(name))
            {
                return new(members.Body.Span[members.All[i].ValueStart..members.All[i].End]);
            }
        }

        return default;
    }

    /// <summary>Writes the body.</summary>
    public GatewayError? Write()
    {
        if (Refuse() is { } error)
        {
            return error;
        }

        ResponsesMembers.FindUnknown(members, _leftOut);
        Writer.Raw("{\"model\":"u8).Text(context.EngineModel);
        var choice = ResponsesToolChoice.Read(Value("tool_choice"u8), out var fault);
        if (choice is null)
        {
            return fault;
        }

        Tools = new ResponsesTools(choice, _leftOut, Writer);
        fault = Tools.Write(Value("tools"u8)) ?? WriteInput(Tools) ?? ResponsesFormat.Write(Value("text"u8), Writer);
        if (fault is null)
        {
            WriteChoice(choice, Tools);
            WriteOptions();
        }

        return fault;
    }

    private GatewayError? Refuse()
    {
        foreach (var name in Refused)
        {
            if (!Value(Encoding.ASCII.GetBytes(name)).IsMissing)
            {
                return GatewayError.InvalidRequest(
                    name,
                    $"`{name}` needs something that is kept or run on the server, and this gateway keeps nothing for this engine. "
                    + ResponsesMembers.Remedy(name));
            }
        }

        if (Value("background"u8).IsTrue)
        {
            return GatewayError.InvalidRequest(
                "background",
                "`background` asks for an answer that is kept until it is fetched, and this gateway keeps nothing for this engine. "
                + "Leave it out and read the answer, best as a stream (`stream`: true).");
        }

        return !Value("instructions"u8).IsMissing && !Value("instructions"u8).IsText
            ? GatewayError.InvalidRequest("instructions", "`instructions` should be a text.")
            : null;
    }

    private GatewayError? WriteInput(ResponsesTools tools)
    {
        var input = default(ReadOnlyMemory<byte>);
        foreach (var member in members.All)
        {
            input = member.Is("input"u8) ? members.Body[member.ValueStart..member.End] : input;
        }

        var value = new ResponsesValue(input.Span);
        return value.IsText || value.IsList
            ? new ResponsesInput(input, tools, _leftOut, Writer).Write(Value("instructions"u8))
            : GatewayError.InvalidRequest("input", "`input` should be a text or a list of items.");
    }

    private void WriteChoice(ResponsesToolChoice choice, ResponsesTools tools)
    {
        // Without tools the API that engines copy refuses both.
        if (tools.Offered == 0)
        {
            return;
        }

        if (choice.Named is { } named && tools.TryFind(named, out var tool))
        {
            Writer.Raw(",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":"u8).Text(tool.Upstream).Raw("}}"u8);
        }
        else if (choice.Word is { } word)
        {
            Writer.Raw(",\"tool_choice\":"u8).Text(word);
        }

        Member("parallel_tool_calls"u8, Value("parallel_tool_calls"u8));
    }

    private void WriteOptions()
    {
        foreach (var name in Carried)
        {
            Member(name, Value(name));
        }

        Member("max_tokens"u8, Value("max_output_tokens"u8));
        Member("reasoning_effort"u8, ResponsesFields.Find(Value("reasoning"u8), "effort"u8));
        Member("verbosity"u8, ResponsesFields.Find(Value("text"u8), "verbosity"u8));
        var top = Value("top_logprobs"u8);
        var included = ResponsesMembers.Includes(Value("include"u8), "message.output_text.logprobs"u8);
        if (included || (!top.IsMissing && !top.Raw.SequenceEqual("0"u8)))
        {
            Writer.Raw(",\"logprobs\":true"u8);
            Member("top_logprobs"u8, top);
        }

        Writer.Raw(Streams ? ",\"stream\":true"u8 : [])
            .Raw(Streams && context.ReportsUsageInStream ? ",\"stream_options\":{\"include_usage\":true}"u8 : []).Raw("}"u8);
    }

    private void Member(ReadOnlySpan<byte> name, ResponsesValue value)
    {
        if (!value.IsMissing)
        {
            Writer.Raw(","u8).Quoted(name).Raw(":"u8).Raw(value.Raw);
        }
    }
}
