using Gateway.Core.Errors;

namespace Gateway.Proxy.Translation;

/// <summary>What <c>tool_choice</c> says, in the client's names.</summary>
/// <param name="Word"><c>auto</c>, <c>none</c>, <c>required</c>; null: nothing, or a named tool.</param>
/// <param name="Named">The one tool to call.</param>
/// <param name="Allowed">The only tools to offer; null: all.</param>
internal sealed record ResponsesToolChoice(string? Word, ResponsesToolKey? Named, HashSet<ResponsesToolKey>? Allowed)
{
    private const string Param = "tool_choice";
    private const int MostAllowed = 4096;

    private static readonly string[] Words = ["auto", "none", "required"];

    /// <summary>Nothing may be left to chance: without a tool to call there is no answer.</summary>
    public bool Insists => Named is not null || Word == "required";

    public bool Allows(ResponsesToolKey key) =>
        Allowed is null
        || Allowed.Contains(key)
        || (key.Namespace is { } group && Allowed.Contains(new ResponsesToolKey(group, "", false)));

    public static ResponsesToolChoice? Read(ResponsesValue value, out GatewayError? error)
    {
        error = null;
        if (value.IsMissing)
        {
            return new(null, null, null);
        }

        if (value.Decode() is { } word)
        {
            error = Words.Contains(word) ? null : GatewayError.InvalidRequest(
                Param,
                "`tool_choice` is a word that is not known. It can be `auto`, `none`, `required`, or an object that names a tool.");
            return error is null ? new(word, null, null) : null;
        }

        var type = ResponsesFields.Find(value, "type"u8);
        if (type.Is("allowed_tools"u8))
        {
            return ReadAllowed(value, out error);
        }

        if (Key(value) is { } named && named.Name.Length > 0)
        {
            return new(null, named, null);
        }

        error = GatewayError.InvalidRequest(
            Param,
            "`tool_choice` insists on a tool that this API runs at its maker. "
            + "Engines run none: name a tool of type `function` or `custom`, or leave the choice to the model with `auto`.");
        return null;
    }

    private static ResponsesToolChoice? ReadAllowed(ResponsesValue value, out GatewayError? error)
    {
        var mode = ResponsesFields.Find(value, "mode"u8).Decode() ?? "auto";
        var list = ResponsesFields.Find(value, "tools"u8);
        error = mode is "auto" or "required" && list.IsList
            ? null
            : GatewayError.InvalidRequest(
                Param,
                "`tool_choice` of type `allowed_tools` needs `mode` (`auto` or `required`) and a list `tools`.");
        var allowed = new HashSet<ResponsesToolKey>();
        var tools = list.Fields;
        while (error is null && tools.Next() && allowed.Count < MostAllowed)
        {
            // What the API's maker would run is not offered anyway.
            if (Key(tools.Value) is { } key)
            {
                allowed.Add(key);
            }
        }

        return error is null ? new(mode, null, allowed) : null;
    }

    // A whole namespace is a key without a name.
    private static ResponsesToolKey? Key(ResponsesValue tool)
    {
        var type = ResponsesFields.Find(tool, "type"u8);
        if (ResponsesFields.Find(tool, "name"u8).Decode() is not { Length: > 0 } name)
        {
            return null;
        }

        if (type.Is("namespace"u8))
        {
            return new(name, "", false);
        }

        var custom = type.Is("custom"u8);
        return custom || type.Is("function"u8) ? new(ResponsesFields.Find(tool, "namespace"u8).Decode(), name, custom) : null;
    }
}
