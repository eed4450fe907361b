using System.Diagnostics.CodeAnalysis;
using Gateway.Core.Errors;

namespace Gateway.Proxy.Translation;

/// <summary>
/// The tools of a request, written as functions, and the names by which calls find their way back. Chat completions know functions
/// alone: a free-form tool becomes one with a single text, a namespace's tools get joined names, and tools that run at the API's maker
/// are left out.
/// </summary>
internal sealed class ResponsesTools(ResponsesToolChoice choice, ResponsesLeftOut leftOut, ResponsesWriter writer)
{
    private const int Most = 4096;

    private readonly Dictionary<ResponsesToolKey, ResponsesTool> _known = [];
    private readonly Dictionary<string, ResponsesTool> _upstream = [];
    private int _read;

    /// <summary>So many are offered to the engine.</summary>
    public int Offered { get; private set; }

    /// <summary>The tool that the engine calls by this name; null: it is not one of the request's.</summary>
    public ResponsesTool? Called(string upstream) => _upstream.GetValueOrDefault(upstream);

    public bool TryFind(ResponsesToolKey key, [NotNullWhen(true)] out ResponsesTool? tool) => _known.TryGetValue(key, out tool);

    /// <summary>The engine's name of a tool that was called before, be it still offered or not.</summary>
    public string ForEngine(ResponsesToolKey key) => TryFind(key, out var tool) ? tool.Upstream : key.ForEngine();

    /// <summary>Writes the member <c>tools</c>, unless none is left.</summary>
    public GatewayError? Write(ResponsesValue tools)
    {
        if (!tools.IsMissing && !tools.IsList)
        {
            return GatewayError.InvalidRequest("tools", "`tools` should be a list.");
        }

        var error = WriteEach(tools, null, default, "tools");
        writer.Raw(Offered > 0 ? "]"u8 : []);
        return error ?? Judge();
    }

    private GatewayError? WriteEach(ResponsesValue tools, string? group, ReadOnlySpan<byte> about, string path)
    {
        var error = default(GatewayError);
        var fields = tools.Fields;
        for (var i = 0; error is null && fields.Next(); i++)
        {
            if (++_read > Most)
            {
                return GatewayError.InvalidRequest(
                    "tools",
                    FormattableString.Invariant($"`tools` has more than {Most} tools. Send fewer."));
            }

            var before = Offered;
            error = WriteOne(fields.Value, group, about, $"{path}[{i}]");
            about = Offered > before ? default : about;
        }

        return error;
    }

    private GatewayError? WriteOne(ResponsesValue value, string? group, ReadOnlySpan<byte> about, string path)
    {
        var tool = ResponsesOffer.Read(value);
        if (tool.Type.Is("namespace"u8) && group is null && tool.Tools.IsList)
        {
            return tool.Name.Decode() is { Length: > 0 } name
                ? WriteEach(tool.Tools, name, tool.Description.Inner, path + ".tools")
                : Nameless(path);
        }

        if (!tool.Type.Is("function"u8) && !tool.Type.Is("custom"u8))
        {
            leftOut.Add(tool.Type.Inner);
            return null;
        }

        // A tool that waits for a search which no engine does would only fill the prompt.
        if (tool.Deferred.IsTrue)
        {
            leftOut.Add("defer_loading");
            return null;
        }

        return tool.Name.Decode() is { Length: > 0 } own ? Offer(tool, new(group, own, tool.Type.Is("custom"u8)), about) : Nameless(path);
    }

    private GatewayError? Offer(ResponsesOffer tool, ResponsesToolKey key, ReadOnlySpan<byte> about)
    {
        var upstream = Register(key);
        if (!choice.Allows(key))
        {
            return null;
        }

        writer.Raw(Offered++ == 0 ? ",\"tools\":["u8 : ","u8).Raw("{\"type\":\"function\",\"function\":{\"name\":"u8).Text(upstream);
        tool.Write(writer, about, key.Custom);
        writer.Raw("}}"u8);
        return null;
    }

    // Two tools that would have one name for the engine are told apart by an alias.
    private string Register(ResponsesToolKey key)
    {
        if (_known.TryGetValue(key, out var known))
        {
            return known.Upstream;
        }

        var name = key.ForEngine();
        var tool = new ResponsesTool(key, _upstream.ContainsKey(name) ? key.Alias() : name);
        _known.Add(key, tool);
        _upstream.TryAdd(tool.Upstream, tool);
        return tool.Upstream;
    }

    private GatewayError? Judge()
    {
        if (choice.Named is { } named && !_known.ContainsKey(named))
        {
            return GatewayError.InvalidRequest(
                "tool_choice",
                "`tool_choice` names a tool that is not in `tools`, or one that no engine can run. "
                + "Name one of type `function` or `custom` that is, or use `auto`.");
        }

        return Offered == 0 && choice.Insists
            ? GatewayError.InvalidRequest(
                "tool_choice",
                "`tool_choice` insists on a tool, and none of `tools` can be offered to an engine. "
                + "Send a tool of type `function` or `custom`, or use `auto`.")
            : null;
    }

    private static GatewayError Nameless(string path) =>
        GatewayError.InvalidRequest(path + ".name", $"`{path}` has no name. A tool of this API has `name` beside `type`.");
}
