using System.Text.Json;
using Gateway.Engines;

namespace Gateway.Proxy.Translation;

/// <summary>
/// <c>tools</c> and <c>tool_choice</c>. Tools that Anthropic's servers run are left out, and so are tools that wait to be looked up until
/// the conversation refers to them.
/// </summary>
internal sealed class MessagesTools(MessagesDraft draft)
{
    // Run by the caller, but their parameters are known to Anthropic's models alone and stand in no request.
    private static readonly string[] Unwritten = ["bash_", "text_editor_", "memory_", "computer_", "str_replace_"];

    private readonly HashSet<string> _sent = [];
    private readonly HashSet<string> _leftOut = [];
    private bool _any;

    /// <summary>Writes the members <c>tools</c>, <c>tool_choice</c> and <c>parallel_tool_calls</c>, a comma before each.</summary>
    public bool Write(MessagesValue tools, MessagesValue choice)
    {
        if (!tools.IsMissing && !tools.IsList)
        {
            return draft.Refuse("tools", "has to be a list.");
        }

        return (tools.IsMissing || WriteTools(tools)) && (choice.IsMissing || WriteChoice(choice));
    }

    private bool WriteTools(MessagesValue tools)
    {
        var cursor = new MessagesCursor(draft.Body, tools);
        for (var i = 0; cursor.NextElement(out var value); i++)
        {
            var tool = value.IsObject ? MessagesBlock.Read(draft.Body, value) : default;
            if (!WriteTool(tool, value, $"tools.{i}"))
            {
                return false;
            }
        }

        draft.Write(_any ? "]"u8 : ""u8);
        return true;
    }

    private bool WriteTool(in MessagesBlock tool, MessagesValue whole, string at)
    {
        var type = tool.Type(draft.Body);
        if (!type.IsEmpty && !type.SequenceEqual("custom"u8))
        {
            return LeaveOutServerTool(tool, whole, at);
        }

        var name = tool[MessagesMember.Name];
        if (!name.IsFilled)
        {
            return draft.Refuse($"{at}.name", "is missing: every tool has to have a name.");
        }

        if (!tool[MessagesMember.CacheControl].IsMissing)
        {
            draft.LeaveOut("cache_control");
        }

        var inside = draft.Body[name.Inside];
        if (tool[MessagesMember.DeferLoading].IsTrue && !draft.Names.IsUsed(inside))
        {
            draft.LeaveOut("tools.defer_loading");
            _leftOut.Add(MessagesText.Read(inside));
            return true;
        }

        return Check(tool, at) && WriteFunction(tool, at);
    }

    private bool Check(in MessagesBlock tool, string at)
    {
        if (!tool[MessagesMember.InputSchema].IsObject)
        {
            return draft.Refuse($"{at}.input_schema", "has to be an object: the JSON schema of the tool's input.");
        }

        var callers = tool[MessagesMember.AllowedCallers];
        return callers.IsMissing || draft.Body[callers.At].IndexOf("\"direct\""u8) >= 0
            || draft.Refuse($"{at}.allowed_callers", "has to name `direct`: there is no code execution here that could call the tool.");
    }

    private bool WriteFunction(in MessagesBlock tool, string at)
    {
        var name = draft.Body[tool[MessagesMember.Name].Inside];
        if (!_sent.Add(draft.Names.ForEngine(name) ?? MessagesText.Read(name)))
        {
            return draft.Refuse($"{at}.name", "is the name of another tool as well. Names of tools have to differ.");
        }

        draft.Write(_any ? ",{\"type\":\"function\","u8 : ",\"tools\":[{\"type\":\"function\","u8);
        draft.Write("\"function\":{\"name\":\""u8);
        _any = true;
        draft.Names.WriteForEngine(draft.Output, name);
        draft.Write("\""u8);
        WriteMember(",\"description\":"u8, tool[MessagesMember.Description], tool[MessagesMember.Description].IsText);
        WriteMember(",\"parameters\":"u8, tool[MessagesMember.InputSchema], true);
        var strict = tool[MessagesMember.Strict];
        WriteMember(",\"strict\":"u8, strict, strict.Kind is JsonTokenType.True or JsonTokenType.False);
        draft.Write("}}"u8);
        return true;
    }

    private void WriteMember(ReadOnlySpan<byte> name, MessagesValue value, bool given)
    {
        if (given)
        {
            draft.Write(name);
            draft.Copy(value.At);
        }
    }

    private bool LeaveOutServerTool(in MessagesBlock tool, MessagesValue whole, string at)
    {
        var shown = MessagesDraft.Shown(tool.Type(draft.Body));
        if (Array.Exists(Unwritten, prefix => shown.StartsWith(prefix, StringComparison.Ordinal)))
        {
            return draft.Refuse(
                $"{at}.type",
                $"is `{shown}`, a tool whose parameters only Anthropic's models know. Declare it as a tool with an `input_schema`.");
        }

        var served = RawJson.Parse(draft.Body[whole.At]) is { } element && ServerTools.TypeOf(element) is not null;
        if (!served && !shown.StartsWith("tool_search", StringComparison.Ordinal))
        {
            return draft.Refuse(
                $"{at}.type",
                $"is `{shown}`, a kind of tool that is not known here. Declare it as a tool with an `input_schema`.");
        }

        draft.LeaveOut($"tools.{shown}");
        if (tool[MessagesMember.Name].IsText)
        {
            _leftOut.Add(MessagesText.Read(draft.Body[tool[MessagesMember.Name].Inside]));
        }

        return true;
    }

    private bool WriteChoice(MessagesValue value)
    {
        var choice = value.IsObject ? MessagesBlock.Read(draft.Body, value) : default;
        var type = choice.Type(draft.Body);
        var (any, named) = (type.SequenceEqual("any"u8), type.SequenceEqual("tool"u8));
        if (!any && !named && !type.SequenceEqual("auto"u8) && !type.SequenceEqual("none"u8))
        {
            return draft.Refuse("tool_choice.type", "has to be `auto`, `any`, `tool` or `none`.");
        }

        if (named)
        {
            return WriteNamed(choice[MessagesMember.Name]) && WriteParallel(value);
        }

        if (!_any)
        {
            return !any || draft.Refuse("tool_choice", "is `any`, but there is no tool left to call: send one that the caller runs.");
        }

        draft.Write(",\"tool_choice\":\""u8);
        draft.Write(any ? "required"u8 : type);
        draft.Write("\""u8);
        return WriteParallel(value);
    }

    private bool WriteNamed(MessagesValue name)
    {
        var text = name.IsText ? MessagesText.Read(draft.Body[name.Inside]) : "";
        if (name.IsText && _sent.Contains(draft.Names.ForEngine(draft.Body[name.Inside]) ?? text))
        {
            draft.Write(",\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\""u8);
            draft.Names.WriteForEngine(draft.Output, draft.Body[name.Inside]);
            draft.Write("\"}}"u8);
            return true;
        }

        return draft.Refuse("tool_choice.name", _leftOut.Contains(text)
            ? "names a tool that is left out here, because a server would run it or because it waits to be looked up."
            : "has to be the name of one of the `tools`.");
    }

    private bool WriteParallel(MessagesValue choice)
    {
        var cursor = new MessagesCursor(draft.Body, choice);
        var disabled = false;
        while (cursor.NextMember())
        {
            var asked = cursor.Is("disable_parallel_tool_use"u8);
            var value = cursor.MemberValue();
            disabled = asked ? value.IsTrue : disabled;
        }

        draft.Write(disabled ? ",\"parallel_tool_calls\":false"u8 : ""u8);
        return true;
    }
}
