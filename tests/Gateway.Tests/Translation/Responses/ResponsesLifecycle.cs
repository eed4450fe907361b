using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>What holds for every stream of the Responses API, whatever is in it.</summary>
internal static class ResponsesLifecycle
{
    private static readonly string[] Ends = ["response.completed", "response.incomplete", "response.failed"];

    /// <summary>Checks a stream.</summary>
    /// <returns>The response of the last event.</returns>
    public static JsonNode Check(List<JsonNode> events)
    {
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(static one => (int)one["sequence_number"]!));
        Assert.Equal("response.created", Text(events[0], "type"));
        Assert.Equal("response.in_progress", Text(events[1], "type"));
        Assert.All(events.SkipLast(1), static one => Assert.DoesNotContain(Text(one, "type"), Ends));
        Assert.Contains(Text(events[^1], "type"), Ends);

        var open = default(Open);
        var items = new List<JsonNode>();
        foreach (var one in events.Skip(2).SkipLast(1))
        {
            open = Take(one, open, items);
        }

        var last = events[^1]["response"]!;
        Assert.All(events.Where(static one => one["response"] is not null), one => Assert.Equal(Text(last, "id"), Text(one["response"]!, "id")));
        Assert.Equal("response." + Text(last, "status"), Text(events[^1], "type"));
        Assert.True(open is null || Text(last, "status") == "failed", "an item is left open");
        Assert.True(JsonNode.DeepEquals(new JsonArray([.. items.Select(static item => item.DeepClone())]), last["output"]), "the items are not those of the last event");
        Assert.Equal(items.Count, items.Select(static item => Text(item, "id")).Distinct().Count());
        return last;
    }

    private static Open? Take(JsonNode one, Open? open, List<JsonNode> items)
    {
        var type = Text(one, "type");
        if (type == "response.output_item.added")
        {
            Assert.Null(open);
            Assert.Equal(items.Count, (int)one["output_index"]!);
            return new Open(one["item"]!, items.Count);
        }

        Assert.NotNull(open);
        Assert.Equal(open.Index, (int)one["output_index"]!);
        if (type == "response.output_item.done")
        {
            open.Close(one["item"]!);
            items.Add(one["item"]!);
            return null;
        }

        open.Take(type, one);
        return open;
    }

    private static string Text(JsonNode node, string member) => (string)node[member]!;

    /// <summary>The open item.</summary>
    private sealed class Open(JsonNode item, int index)
    {
        private readonly StringBuilder _said = new();
        private readonly bool _call = item["call_id"] is not null;
        private string? _part;
        private bool _parted;
        private bool _done;

        public int Index => index;

        public void Take(string type, JsonNode one)
        {
            Assert.Equal(Text(item, "id"), Text(one, "item_id"));
            if (type is "response.content_part.added" or "response.content_part.done")
            {
                TakePart(type, Text(one["part"]!, "type"));
                return;
            }

            Assert.False(_done, "more of an item that is done");
            Assert.Equal("response." + (_part ?? (Text(item, "type") == "function_call" ? "function_call_arguments" : "custom_tool_call_input")), type[..type.LastIndexOf('.')]);
            Assert.True(_call || (int)one["content_index"]! == 0);
            if (type.EndsWith(".delta", StringComparison.Ordinal))
            {
                Assert.NotEqual("", Text(one, "delta"));
                _said.Append(Text(one, "delta"));
            }
            else
            {
                _done = true;
                Assert.EndsWith(".done", type, StringComparison.Ordinal);
                Assert.Equal(_said.ToString(), Said(one));
            }
        }

        public void Close(JsonNode done)
        {
            Assert.True(_done && (_call || _parted) && _part is null, "a part is left open");
            Assert.Equal(Text(item, "id"), Text(done, "id"));
            Assert.Equal(Text(item, "type"), Text(done, "type"));
            Assert.Equal((string?)item["call_id"], (string?)done["call_id"]);
            Assert.Equal(_said.ToString(), Said(_call ? done : done["content"]![0]!));
        }

        private void TakePart(string type, string part)
        {
            Assert.False(_call);
            Assert.Equal(type == "response.content_part.added" ? null : part, _part);
            Assert.Equal(type != "response.content_part.added", _done);
            _part = _done ? null : part;
            _parted = true;
        }

        private static string? Said(JsonNode node) => (string?)(node["text"] ?? node["refusal"] ?? node["arguments"] ?? node["input"]);
    }
}
