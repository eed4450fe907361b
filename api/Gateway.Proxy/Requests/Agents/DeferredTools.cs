using System.Text.Json;
using Gateway.Engines.Endpoints;

namespace Gateway.Proxy.Requests.Agents;

/// <summary>
/// Leaves out tools with <c>defer_loading</c>, which a service shows its model only after a search that engines do not have. One that the
/// conversation or <c>tool_choice</c> names was found before, and stays.
/// </summary>
internal static class DeferredTools
{
    /// <summary>What is said of them in the answer's header.</summary>
    private const string Removed = "tools.defer_loading";

    public static void Remove(JsonEdit edit, EndpointId endpoint, ref List<string>? removed)
    {
        if (endpoint is not (EndpointId.Messages or EndpointId.MessageCountTokens or EndpointId.Responses or EndpointId.ResponseInputTokens)
            || edit.Current("tools"u8) is not { } value || value.Span.IndexOf("\"defer_loading\""u8) < 0
            || !JsonElements.TryRead(value, out var tools))
        {
            return;
        }

        var deferred = Enumerable.Range(0, tools.Count).Where(place => IsDeferred(edit, tools[place])).ToHashSet();
        if (deferred.Count == 0)
        {
            return;
        }

        (removed ??= []).Add(Removed);
        if (tools.Without(deferred) is { } rest)
        {
            edit.Set("tools"u8, rest);
            return;
        }

        // A choice among no tools is refused.
        edit.Drop("tools"u8);
        edit.Drop("tool_choice"u8);
    }

    private static bool IsDeferred(JsonEdit edit, ReadOnlyMemory<byte> tool) =>
        tool.Span[0] == '{'
        && JsonMembers.TryParse(tool, out var inner, out _)
        && inner.Find("defer_loading"u8) is { Kind: JsonTokenType.True }
        && !(inner.Find("name"u8) is { Kind: JsonTokenType.String } name && IsNamed(edit, inner.Value(name)));

    private static bool IsNamed(JsonEdit edit, ReadOnlySpan<byte> name) =>
        Names(edit.Current("messages"u8), name) || Names(edit.Current("input"u8), name) || Names(edit.Current("tool_choice"u8), name);

    private static bool Names(ReadOnlyMemory<byte>? value, ReadOnlySpan<byte> name) => value is { } json && json.Span.IndexOf(name) >= 0;
}
