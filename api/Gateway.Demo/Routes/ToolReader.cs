using System.Text.Json;
using Gateway.Demo.Answers;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>Reads the tools of a request. Only functions are called; tools of other kinds are passed over.</summary>
/// <param name="request">The request.</param>
/// <param name="nested">A function's members stand in a member <c>function</c> (chat), not beside its type (responses).</param>
internal sealed class ToolReader(RequestReader request, bool nested)
{
    public Conversation AddTo(Conversation conversation)
    {
        var tools = ReadTools();
        if (request.Member("tool_choice") is not { } choice)
        {
            return conversation with { Tools = tools };
        }

        var (use, named) = ReadChoice(choice, tools);
        if (use == ToolUse.Required && tools.Count == 0)
        {
            request.Fail("tool_choice", "`tool_choice` asks for a call, and `tools` has no function.");
        }

        return conversation with { Tools = tools, ToolUse = use, NamedTool = named };
    }

    private List<Tool> ReadTools()
    {
        var tools = new List<Tool>();
        if (request.Member("tools") is { ValueKind: not JsonValueKind.Array })
        {
            request.Fail("tools", "`tools` must be a list.");
        }

        foreach (var tool in request.Root.Items("tools").Where(tool => tool.Text("type") is "function"))
        {
            if (Function(tool)?.Text("name") is not { Length: > 0 } name)
            {
                request.Fail("tools", "A function among `tools` has no name.");
                break;
            }

            tools.Add(new Tool(name, Function(tool)?.Member("parameters")));
        }

        return tools;
    }

    private (ToolUse Use, Tool? Named) ReadChoice(JsonElement choice, List<Tool> tools)
    {
        var word = choice.ValueKind == JsonValueKind.String ? choice.GetString() : null;
        switch (word)
        {
            case "auto":
                return (ToolUse.Auto, null);
            case "none":
                return (ToolUse.None, null);
            case "required":
                return (ToolUse.Required, null);
            case null when Function(choice)?.Text("name") is { } name:
                if (tools.Find(tool => tool.Name == name) is { } named)
                {
                    return (ToolUse.Required, named);
                }

                request.Fail("tool_choice", $"`tool_choice` names {name}, which is not among `tools`.");
                return (ToolUse.Auto, null);
            default:
                request.Fail("tool_choice", "`tool_choice` must be `auto`, `none`, `required` or a function.");
                return (ToolUse.Auto, null);
        }
    }

    private JsonElement? Function(JsonElement element) => nested ? element.Member("function") : element;
}
