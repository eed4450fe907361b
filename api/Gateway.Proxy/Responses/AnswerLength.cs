using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Responses;

/// <summary>Lowers a limit for the answer's tokens to the model's context, for engines that refuse a larger one.</summary>
internal static class AnswerLength
{
    // Whatever the API: a member that an engine does not know does no harm.
    private static readonly byte[][] Names = [[.. "max_tokens"u8], [.. "max_completion_tokens"u8], [.. "max_output_tokens"u8]];

    /// <summary>The newer name of the limit, where the caller uses it alone; null: the caller's name is the engine's.</summary>
    public static string? NewerName(JsonMembers members) =>
        members.Find("max_completion_tokens"u8) is { Kind: not JsonTokenType.Null } && members.Find("max_tokens"u8) is null or { Kind: JsonTokenType.Null }
            ? "max_completion_tokens"
            : null;

    /// <summary>Clamps.</summary>
    /// <param name="members">The body.</param>
    /// <param name="edit">Takes the changes.</param>
    /// <param name="context">The longest prompt and answer together, in tokens.</param>
    public static void Clamp(JsonMembers members, JsonEdit edit, int context)
    {
        for (var i = 0; i < members.All.Count; i++)
        {
            foreach (var name in Names)
            {
                if (members.All[i].Is(name) && edit.Current(i) is { } value && IsAbove(value.Span, context))
                {
                    edit.Replace(i, Encoding.ASCII.GetBytes(context.ToString(CultureInfo.InvariantCulture)));
                }
            }
        }
    }

    // The engine reads a number in quotes too. One of more than eighteen digits is above any context.
    private static bool IsAbove(ReadOnlySpan<byte> value, int context)
    {
        var digits = value.Length > 2 && value[0] == '"' ? value[1..^1].Trim(" "u8) : value;
        return !digits.IsEmpty && !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && (digits.Length > 18 || (Utf8Parser.TryParse(digits, out long number, out _) && number > context));
    }
}
