using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>The rules of the fixtures, and events of which neighbouring deltas of one block count as one.</summary>
internal static class MessagesRules
{
    private static readonly string[] Members = ["text", "thinking", "partial_json"];

    public static void Check(JsonElement rule, JsonElement body, string raw)
    {
        if (rule.TryGetProperty("at", out var at))
        {
            CheckAt(rule, Find(body, at.GetString()!));
        }

        if (rule.TryGetProperty("somewhere", out var somewhere))
        {
            Assert.Contains(Texts(body), text => text.Contains(somewhere.GetString()!, StringComparison.Ordinal));
        }

        if (rule.TryGetProperty("nowhere", out var nowhere))
        {
            Assert.DoesNotContain(Texts(body).Concat(Names(body)), text => text.Contains(nowhere.GetString()!, StringComparison.Ordinal));
        }

        if (rule.TryGetProperty("raw", out var characters))
        {
            Assert.Contains(characters.GetString()!, raw, StringComparison.Ordinal);
        }
    }

    /// <summary>What an event is about.</summary>
    public static string Kind(JsonElement data) => data.GetProperty("type").GetString() + (data.TryGetProperty("index", out var index) ? index.ToString() : "");

    public static List<JsonElement> Joined(IReadOnlyList<JsonElement> events)
    {
        var joined = new List<JsonElement>();
        foreach (var one in events)
        {
            if (joined.Count > 0 && Join(joined[^1], one) is { } both)
            {
                joined[^1] = both;
            }
            else
            {
                joined.Add(one);
            }
        }

        return joined;
    }

    private static void CheckAt(JsonElement rule, JsonElement found)
    {
        if (rule.TryGetProperty("equals", out var equal))
        {
            Assert.True(JsonElement.DeepEquals(equal, found), found.GetRawText());
        }

        if (rule.TryGetProperty("contains", out var part))
        {
            Assert.Contains(part.GetString()!, found.GetString()!, StringComparison.Ordinal);
        }

        if (rule.TryGetProperty("differs", out var other))
        {
            Assert.False(JsonElement.DeepEquals(other, found), found.GetRawText());
        }

        if (rule.TryGetProperty("json", out var json))
        {
            Assert.True(JsonElement.DeepEquals(json, JsonDocument.Parse(found.GetString()!).RootElement), found.GetRawText());
        }
    }

    private static JsonElement Find(JsonElement body, string pointer) =>
        pointer.Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate(body, (inside, step) => inside.ValueKind == JsonValueKind.Array ? inside[int.Parse(step, null)] : inside.GetProperty(step));

    private static JsonElement? Join(JsonElement first, JsonElement second)
    {
        if (!first.TryGetProperty("delta", out var one) || !second.TryGetProperty("delta", out var other) || Kind(first) != Kind(second)
            || Array.Find(Members, name => one.TryGetProperty(name, out _) && other.TryGetProperty(name, out _)) is not { } member)
        {
            return null;
        }

        var both = JsonNode.Parse(first.GetRawText())!;
        both["delta"]![member] = one.GetProperty(member).GetString() + other.GetProperty(member).GetString();
        return JsonDocument.Parse(both.ToJsonString()).RootElement;
    }

    private static IEnumerable<string> Texts(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? [value.GetString()!] : Inside(value).SelectMany(inside => Texts(inside.Value));

    private static IEnumerable<string> Names(JsonElement value) =>
        Inside(value).SelectMany(inside => Names(inside.Value).Prepend(inside.Name));

    private static IEnumerable<(string Name, JsonElement Value)> Inside(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            return value.EnumerateArray().Select(element => ("", element));
        }

        return value.ValueKind == JsonValueKind.Object ? value.EnumerateObject().Select(member => (member.Name, member.Value)) : [];
    }
}
