using System.Text.Json;
using Gateway.Engines.Endpoints;

namespace Gateway.Proxy.Requests.Agents;

/// <summary>
/// Passes the thinking that a request of the Messages API asks for to the model's template, for engines that read neither <c>thinking</c>
/// nor <c>output_config</c>. What the caller says to the template itself stays.
/// </summary>
internal static class TemplateThinking
{
    private static ReadOnlySpan<byte> Arguments => "chat_template_kwargs"u8;

    public static void Apply(JsonEdit edit, EndpointId endpoint)
    {
        if (endpoint is not (EndpointId.Messages or EndpointId.MessageCountTokens))
        {
            return;
        }

        if (Word(edit.Current("thinking"u8), "type"u8).SequenceEqual("\"disabled\""u8))
        {
            Pass(edit, "enable_thinking"u8, "false"u8);
        }
        else if (Effort(Word(edit.Current("output_config"u8), "effort"u8)) is { IsEmpty: false } effort)
        {
            Pass(edit, "reasoning_effort"u8, effort);
        }
    }

    // Templates have no word above `high` in common.
    private static ReadOnlySpan<byte> Effort(ReadOnlySpan<byte> asked)
    {
        if (asked.SequenceEqual("\"low\""u8) || asked.SequenceEqual("\"medium\""u8))
        {
            return asked;
        }

        return asked.SequenceEqual("\"high\""u8) || asked.SequenceEqual("\"xhigh\""u8) || asked.SequenceEqual("\"max\""u8)
            ? "\"high\""u8
            : default;
    }

    private static void Pass(JsonEdit edit, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var given = edit.Current(Arguments) is { } present && !present.Span.SequenceEqual("null"u8) ? present : "{}"u8.ToArray();
        if (!JsonMembers.TryParse(given, out var inner, out _) || inner.Find(name) is not null)
        {
            return;
        }

        var added = new JsonEdit(inner);
        added.Add(name.ToArray(), value.ToArray());
        edit.Set(Arguments, added.ToArray(given.Length + 64));
    }

    private static ReadOnlySpan<byte> Word(ReadOnlyMemory<byte>? value, ReadOnlySpan<byte> name) =>
        value is { } json && json.Span[0] == '{' && JsonMembers.TryParse(json, out var members, out _)
            && members.Find(name) is { Kind: JsonTokenType.String } word
            ? json[word.ValueStart..word.End].Span
            : default;
}
