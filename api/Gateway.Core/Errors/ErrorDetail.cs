using System.Text.Json;

namespace Gateway.Core.Errors;

/// <summary><c>detail</c> as the web framework of several engines words errors: a text, an object, or a list with one entry for each member at fault.</summary>
internal static class ErrorDetail
{
    private const int MaxEntries = 8;

    public static string? Message(JsonElement members)
    {
        if (!members.TryGetProperty("detail", out var detail) || detail.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        // An error inside an object is found like every error within a message.
        return detail.ValueKind == JsonValueKind.String ? detail.GetString() : (detail.ValueKind == JsonValueKind.Array ? Join(detail) : null) ?? detail.GetRawText();
    }

    /// <summary>The member at fault, where exactly one is.</summary>
    public static string? Param(JsonElement members)
    {
        if (!members.TryGetProperty("detail", out var detail) || detail.ValueKind != JsonValueKind.Array || detail.GetArrayLength() != 1
            || detail[0].ValueKind != JsonValueKind.Object || !detail[0].TryGetProperty("loc", out var loc) || loc.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var steps = loc.EnumerateArray().Select(step => step.ToString()).Where(step => step != "body").ToArray();
        return steps.Length is > 0 and <= MaxEntries ? string.Join('.', steps) : null;
    }

    private static string? Join(JsonElement entries)
    {
        var texts = entries.EnumerateArray().Take(MaxEntries)
            .Select(entry => entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("msg", out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null)
            .ToArray();
        return texts.Length == 0 || texts.Contains(null) ? null : string.Join("; ", texts);
    }
}
