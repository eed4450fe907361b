using System.Text;
using System.Text.Json;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>Reads the events of a Messages stream as strictly as Anthropic's own client does, and puts them together.</summary>
internal sealed class MessagesLifecycle
{
    private static readonly Dictionary<string, (string Block, string Member)> Deltas = new()
    {
        ["text_delta"] = ("text", "text"),
        ["thinking_delta"] = ("thinking", "thinking"),
        ["signature_delta"] = ("thinking", "signature"),
        ["input_json_delta"] = ("tool_use", "partial_json"),
    };

    private int? _open;
    private bool _ended;

    public List<Block> Blocks { get; } = [];

    public string? StopReason { get; private set; }

    public string? StopSequence { get; private set; }

    public JsonElement? Error { get; private set; }

    public JsonElement Usage { get; private set; }

    public string? Id { get; private set; }

    public IEnumerable<Block> Calls => Blocks.Where(block => block.Type == "tool_use");

    /// <summary>The events in their order.</summary>
    public static List<JsonElement> Events(ReadOnlySpan<byte> stream)
    {
        var events = new List<JsonElement>();
        var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(stream);
        Assert.True(text.Length == 0 || text.EndsWith("\n\n", StringComparison.Ordinal), "an event is not closed");
        foreach (var frame in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = frame.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("event: ", lines[0], StringComparison.Ordinal);
            Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
            var data = JsonDocument.Parse(lines[1][6..], new JsonDocumentOptions { MaxDepth = 512 }).RootElement;
            Assert.Equal(lines[0][7..], data.GetProperty("type").GetString());
            events.Add(data);
        }

        return events;
    }

    /// <summary>Takes a stream that has ended, well or not.</summary>
    public static MessagesLifecycle Read(IReadOnlyList<JsonElement> events)
    {
        var read = new MessagesLifecycle();
        for (var i = 0; i < events.Count; i++)
        {
            Assert.False(read._ended, "an event behind the end");
            read.Take(events[i], i == 0);
        }

        Assert.True(read._ended, "no terminal event");
        Assert.Equal(read.Calls.Count(), read.Calls.Select(call => call.Id).Distinct().Count());
        return read;
    }

    private void Take(JsonElement data, bool first)
    {
        var type = data.GetProperty("type").GetString();
        Assert.Equal(first && type != "error", type == "message_start");
        switch (type)
        {
            case "message_start":
                Start(data.GetProperty("message"));
                break;
            case "content_block_start":
                Assert.Null(_open);
                Assert.Equal(Blocks.Count, data.GetProperty("index").GetInt32());
                _open = Blocks.Count;
                Blocks.Add(Block.Of(data.GetProperty("content_block")));
                break;
            case "content_block_delta":
                Assert.Equal(_open, data.GetProperty("index").GetInt32());
                TakeDelta(Blocks[^1], data.GetProperty("delta"));
                break;
            case "content_block_stop":
                Assert.Equal(_open, data.GetProperty("index").GetInt32());
                Blocks[^1].Check();
                _open = null;
                break;
            default:
                End(type, data);
                break;
        }
    }

    private void Start(JsonElement message)
    {
        Id = message.GetProperty("id").GetString();
        Assert.StartsWith("msg_", Id, StringComparison.Ordinal);
        Assert.Equal("message", message.GetProperty("type").GetString());
        Assert.Equal("assistant", message.GetProperty("role").GetString());
        Assert.Equal(0, message.GetProperty("content").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, message.GetProperty("stop_reason").ValueKind);
    }

    private static void TakeDelta(Block block, JsonElement delta)
    {
        var (type, member) = Deltas[delta.GetProperty("type").GetString()!];
        Assert.Equal(type, block.Type);
        Assert.False(block.Signed, "a delta behind the signature");
        var text = Text(delta.GetProperty(member));
        Assert.NotEqual("", text);
        block.Signed = member == "signature";
        block.Text.Append(block.Signed ? "" : text);
    }

    private void End(string? type, JsonElement data)
    {
        if (type == "error")
        {
            Error = data.GetProperty("error");
            Assert.NotEqual("", Error.Value.GetProperty("message").GetString());
            Assert.Null(StopReason);
            _ended = true;
        }
        else if (type == "message_delta")
        {
            Assert.Null(_open);
            Assert.Null(StopReason);
            StopReason = data.GetProperty("delta").GetProperty("stop_reason").GetString();
            StopSequence = data.GetProperty("delta").GetProperty("stop_sequence").GetString();
            Usage = data.GetProperty("usage");
        }
        else
        {
            Assert.Equal("message_stop", type);
            Assert.NotNull(StopReason);
            _ended = true;
        }
    }

    // Half a surrogate pair is read as it is written.
    private static string Text(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return text.GetRawText();
        }
    }

    internal sealed class Block(string type, string? id, string? name)
    {
        public string Type { get; } = type;

        public string? Id { get; } = id;

        public string? Name { get; } = name;

        public StringBuilder Text { get; } = new();

        public bool Signed { get; set; }

        public static Block Of(JsonElement block)
        {
            var type = block.GetProperty("type").GetString()!;
            if (type != "tool_use")
            {
                Assert.Equal("", block.GetProperty(type).GetString());
                return new Block(type, null, null);
            }

            Assert.Equal("{}", block.GetProperty("input").GetRawText());
            var id = block.GetProperty("id").GetString()!;
            Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", id);
            return new Block(type, id, MessagesLifecycle.Text(block.GetProperty("name")));
        }

        public void Check()
        {
            Assert.Equal(Type == "thinking", Signed);
            Assert.False(Type == "text" && Text.Length == 0, "an empty text block");
        }
    }
}
