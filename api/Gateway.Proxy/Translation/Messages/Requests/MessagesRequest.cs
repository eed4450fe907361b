using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Translation;

/// <summary>
/// A request of the Messages API as one of chat completions. The new body is built from members that are known here: those without a
/// counterpart
/// are left out and named, and those that ask for work which would not be done are refused.
/// </summary>
internal sealed class MessagesRequest
{
    private static readonly byte[][] Known = Array.ConvertAll(
        ("model max_tokens messages system stop_sequences temperature top_p tools tool_choice thinking output_config "
            + "output_format metadata stream").Split(' '),
        Encoding.ASCII.GetBytes);

    // Work for Anthropic's servers.
    private static readonly byte[][] Refused =
        Array.ConvertAll("container compaction fallbacks thread".Split(' '), Encoding.ASCII.GetBytes);

    private readonly JsonMembers _members;
    private readonly MessagesThinking _thinking;

    private MessagesRequest(JsonMembers members)
    {
        _members = members;
        Draft = new MessagesDraft(members.Body);
        _thinking = new MessagesThinking(Draft);
    }

    public MessagesDraft Draft { get; }

    public bool Streams { get; private set; }

    /// <inheritdoc cref="MessagesThinking.Hides"/>
    public bool HidesThinking => _thinking.Hides;

    /// <summary>The texts that end the answer, as UTF-8.</summary>
    public List<byte[]> Stops { get; } = [];

    /// <summary>Translates.</summary>
    /// <param name="body">The caller's.</param>
    /// <param name="context">What goes with it.</param>
    /// <param name="counts">The request asks for the tokens of a prompt, not for an answer.</param>
    /// <param name="error">Why it cannot be done.</param>
    public static MessagesRequest? Create(ReadOnlyMemory<byte> body, TranslationContext context, bool counts, out GatewayError? error)
    {
        if (!JsonMembers.TryParse(body, out var members, out var fault))
        {
            error = GatewayError.InvalidJson(fault);
            return null;
        }

        var request = new MessagesRequest(members);
        var done = request.CheckMembers() && request.Write(context, counts);
        error = done ? null : request.Draft.Error;
        return done ? request : null;
    }

    private bool CheckMembers()
    {
        foreach (var member in _members.All)
        {
            var name = Array.Find(Known, known => member.IsLike(known));
            if (name is not null && _members.IsAmbiguous(name))
            {
                return Draft.Refuse(Encoding.ASCII.GetString(name), "is there more than once, or not in lower case.");
            }

            var value = new MessagesValue(member.Kind, member.ValueStart..member.End);
            if (Array.Exists(Refused, known => member.Is(known)) && !value.IsMissing && !value.IsEmpty(Draft.Body))
            {
                var work = Encoding.UTF8.GetString(member.Name.Span);
                return Draft.Refuse(work, "asks for work that only Anthropic's servers do. Leave it out.");
            }

            if (name is null && !value.IsMissing)
            {
                Draft.LeaveOut(MessagesDraft.Shown(member.Name.Span));
            }
        }

        return true;
    }

    private bool Write(TranslationContext context, bool counts)
    {
        Draft.Write("{\"model\":"u8);
        MessagesText.WriteQuoted(Draft.Output, context.EngineModel);
        if (!WriteLimit(counts))
        {
            return false;
        }

        Draft.Write(","u8);
        var done = new MessagesConversation(Draft).Write(Find("system"u8), Find("messages"u8))
            && new MessagesTools(Draft).Write(Find("tools"u8), Find("tool_choice"u8))
            && _thinking.Write(Find("thinking"u8), Find("output_config"u8), Find("output_format"u8))
            && WriteNumber("temperature"u8) && WriteNumber("top_p"u8) && WriteStops() && WriteUser() && WriteStream(context);
        Draft.Write("}"u8);
        return done;
    }

    private MessagesValue Find(ReadOnlySpan<byte> name) =>
        _members.Find(name) is { } member ? new MessagesValue(member.Kind, member.ValueStart..member.End) : default;

    private bool WriteLimit(bool counts)
    {
        var limit = Find("max_tokens"u8);
        if (limit.IsMissing)
        {
            return counts || Draft.Refuse("max_tokens", "is missing: say how many tokens the answer may have at most.");
        }

        var digits = Draft.Body[limit.At];
        if (!limit.IsNumber || !Utf8Parser.TryParse(digits, out long tokens, out var read) || read != digits.Length || tokens < 1)
        {
            return Draft.Refuse("max_tokens", "has to be a whole number of at least 1.");
        }

        Draft.Write(",\"max_tokens\":"u8);
        Draft.Copy(limit.At);
        return true;
    }

    private bool WriteNumber(ReadOnlySpan<byte> name)
    {
        var value = Find(name);
        if (value.IsMissing)
        {
            return true;
        }

        if (!value.IsNumber)
        {
            return Draft.Refuse(Encoding.ASCII.GetString(name), "has to be a number.");
        }

        Draft.Write(",\""u8);
        Draft.Write(name);
        Draft.Write("\":"u8);
        Draft.Copy(value.At);
        return true;
    }

    private bool WriteStops()
    {
        var stops = Find("stop_sequences"u8);
        if (stops.IsMissing || (stops.IsList && stops.IsEmpty(Draft.Body)))
        {
            return true;
        }

        if (!stops.IsList)
        {
            return Draft.Refuse("stop_sequences", "has to be a list of texts.");
        }

        var cursor = new MessagesCursor(Draft.Body, stops);
        while (cursor.NextElement(out var stop))
        {
            if (!stop.IsFilled || MessagesText.Unescaped(Draft.Body[stop.Inside]) is not { } text)
            {
                return Draft.Refuse("stop_sequences", "has to be a list of texts that are not empty.");
            }

            Stops.Add(text);
        }

        Draft.Write(",\"stop\":"u8);
        Draft.Copy(stops.At);
        return true;
    }

    private bool WriteUser()
    {
        var metadata = Find("metadata"u8);
        if (metadata.IsMissing)
        {
            return true;
        }

        if (!metadata.IsObject)
        {
            return Draft.Refuse("metadata", "has to be an object.");
        }

        MessagesValue user = default;
        var cursor = new MessagesCursor(Draft.Body, metadata);
        while (cursor.NextMember())
        {
            var named = cursor.Is("user_id"u8);
            var value = cursor.MemberValue();
            user = named ? value : user;
        }

        if (user.IsFilled)
        {
            Draft.Write(",\"user\":"u8);
            Draft.Copy(user.At);
        }

        return user.IsMissing || user.IsText || Draft.Refuse("metadata.user_id", "has to be a text.");
    }

    private bool WriteStream(TranslationContext context)
    {
        var stream = Find("stream"u8);
        if (!stream.IsMissing && stream.Kind is not (JsonTokenType.True or JsonTokenType.False))
        {
            return Draft.Refuse("stream", "has to be true or false.");
        }

        Streams = stream.IsTrue;
        if (Streams)
        {
            Draft.Write(",\"stream\":true"u8);
            Draft.Write(context.ReportsUsageInStream ? ",\"stream_options\":{\"include_usage\":true}"u8 : ""u8);
        }

        return true;
    }
}
