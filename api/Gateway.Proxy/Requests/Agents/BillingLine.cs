using System.Text.Json;
using Gateway.Engines.Endpoints;

namespace Gateway.Proxy.Requests.Agents;

/// <summary>
/// Claude Code's line for Anthropic's own bookkeeping, the first text of <c>system</c>. It differs by version, means nothing to a model,
/// and an engine would read it as part of the prompt.
/// </summary>
internal static class BillingLine
{
    private static ReadOnlySpan<byte> Start => "\"x-anthropic-billing-header"u8;

    /// <summary>Leaves it out of a request of the Messages API.</summary>
    public static void Remove(JsonMembers members, JsonEdit edit, EndpointId endpoint)
    {
        if (endpoint is not (EndpointId.Messages or EndpointId.MessageCountTokens))
        {
            return;
        }

        for (var i = 0; i < members.All.Count; i++)
        {
            if (members.All[i].Is("system"u8) && edit.Current(i) is { } system && system.Span.IndexOf(Start) >= 0
                && JsonElements.TryRead(system, out var blocks))
            {
                Remove(edit, i, blocks);
            }
        }
    }

    private static void Remove(JsonEdit edit, int index, JsonElements blocks)
    {
        var lines = Enumerable.Range(0, blocks.Count).Where(place => IsLine(blocks[place])).ToHashSet();
        if (lines.Count == 0)
        {
            return;
        }

        if (blocks.Without(lines) is { } rest)
        {
            edit.Replace(index, rest);
        }
        else
        {
            edit.Drop(index);
        }
    }

    private static bool IsLine(ReadOnlyMemory<byte> block) =>
        block.Span.IndexOf(Start) >= 0
        && JsonMembers.TryParse(block, out var members, out _)
        && members.Find("text"u8) is { Kind: JsonTokenType.String } text
        && members.Value(text).StartsWith(Start);
}
