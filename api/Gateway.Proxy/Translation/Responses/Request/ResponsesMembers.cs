using System.Text;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Translation;

/// <summary>The members of a request that are known, and what to do without those that are not served.</summary>
internal static class ResponsesMembers
{
    // Those that are read, echoed, refused, or mean nothing for the answer.
    private static readonly HashSet<string> Known =
    [
        "background", "client_metadata", "conversation", "frequency_penalty", "include", "input", "instructions",
        "max_output_tokens", "max_tool_calls", "metadata", "min_p", "model", "moderation", "parallel_tool_calls",
        "presence_penalty", "previous_response_id", "prompt", "prompt_cache_key", "prompt_cache_retention", "reasoning",
        "safety_identifier", "seed", "service_tier", "stop", "stream", "stream_options", "temperature", "text", "tool_choice",
        "tools", "top_k", "top_logprobs", "top_p", "user",
    ];

    /// <summary>Notes what the request says that no engine is told.</summary>
    public static void FindUnknown(JsonMembers members, ResponsesLeftOut leftOut)
    {
        foreach (var member in members.All)
        {
            var value = new ResponsesValue(members.Value(member));
            var harmless = value.IsMissing
                || (member.Is("store"u8) && !value.IsTrue)
                || (member.Is("truncation"u8) && value.Is("disabled"u8))
                || Known.Contains(Encoding.UTF8.GetString(member.Name.Span));
            if (!harmless)
            {
                leftOut.Add(member.Name.Span);
            }
        }
    }

    public static bool Includes(ResponsesValue include, ReadOnlySpan<byte> what)
    {
        var fields = include.Fields;
        while (include.IsList && fields.Next())
        {
            if (fields.Value.Is(what))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What to do without a member that is refused.</summary>
    public static string Remedy(string name) => name switch
    {
        "prompt" => "Send the prompt itself in `instructions` and `input`.",
        "moderation" => "Leave it out, and ask /v1/moderations for a judgement.",
        _ => "Send the whole conversation in `input`.",
    };
}
