using System.Text.Json;

namespace Gateway.Engines;

/// <summary>
/// Tools that a server runs itself, as the three chat APIs name them: searches, fetches, code, stored files, servers of tools, images. An
/// engine that runs one acts outside the conversation, often by sending the words of the prompt to another company.
/// </summary>
public static class ServerTools
{
    /// <summary>What the type of such a tool begins with; versions follow (<c>web_search_20250305</c>).</summary>
    public static IReadOnlyList<string> TypePrefixes { get; } =
    [
        "web_search", "web_fetch", "web_extractor", "google_search", "$web_search", "x_search", "live_search", "collections_search", "url_context", "browser",
        "code_execution", "bash_code_execution", "text_editor_code_execution", "code_interpreter", "container",
        "file_search", "retrieval", "mcp", "connector", "image_generation", "builtin_function", "advisor",
    ];

    /// <summary>Members of a request that ask for such a tool without a list of tools.</summary>
    public static IReadOnlyList<string> Members { get; } = ["web_search_options", "search_parameters", "mcp_servers", "plugins"];

    /// <summary>The type of the tool that a server runs; null where the caller runs it.</summary>
    public static string? TypeOf(JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        try
        {
            return tool.EnumerateObject().Where(member => Is(member, "type")).Select(member => Type(tool, member.Value)).FirstOrDefault(type => type is not null);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair in a name or a type: nothing vouches for such a tool.
            return "tool";
        }
    }

    /// <summary>The member has that name, in any spelling of case: several engines read names so.</summary>
    public static bool Is(JsonProperty member, string name) => member.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>Tools that stand inside a group of tools.</summary>
    public static IEnumerable<JsonElement> Inside(JsonElement tool) => tool.ValueKind != JsonValueKind.Object || TypeOf(tool) is not null ? [] :
        tool.EnumerateObject().Where(member => Is(member, "tools") && member.Value.ValueKind == JsonValueKind.Array).SelectMany(member => member.Value.EnumerateArray());

    private static string? Type(JsonElement tool, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        // Some services put themselves before it: `openrouter:web_search`.
        var type = value.GetString()!;
        var name = type[(type.LastIndexOf(':') + 1)..].Trim();
        var served = TypePrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)) || (name.Equals("shell", StringComparison.OrdinalIgnoreCase) && IsHosted(tool));
        return served ? Shown(type) : null;
    }

    // A shell runs at the caller, or in a container of the service.
    private static bool IsHosted(JsonElement tool) => tool.EnumerateObject().Any(member =>
        Is(member, "environment") && member.Value.ValueKind == JsonValueKind.Object && member.Value.EnumerateObject().Any(inner =>
            Is(inner, "type") && inner.Value.ValueKind == JsonValueKind.String && inner.Value.GetString()!.StartsWith("container", StringComparison.OrdinalIgnoreCase)));

    // It goes into a header.
    private static string Shown(string type) =>
        new([.. type.Take(64).Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.' or ':')]);
}
