using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>
/// Compares JSON with a template. A text that begins with <c>$</c> stands for one value through a whole fixture, and its name says what kind of value
/// that is; members that the template does not name may be there as null or empty.
/// </summary>
internal sealed partial class ResponsesMatch(JsonObject standard)
{
    private readonly Dictionary<string, string> _bound = [];

    /// <summary>The values found so far, in a text that a template holds.</summary>
    public string Fill(string template) => _bound.Aggregate(template, static (text, bound) => text.Replace($"\"{bound.Key}\"", bound.Value, StringComparison.Ordinal));

    public void Compare(JsonNode? expected, JsonNode? actual, string path, bool exact)
    {
        switch (expected)
        {
            case JsonObject members:
                CompareObject(members, Assert.IsType<JsonObject>(actual), path, exact);
                break;
            case JsonArray list:
                var elements = Assert.IsType<JsonArray>(actual);
                Assert.True(list.Count == elements.Count, $"{path}: {elements.Count} elements instead of {list.Count}: {elements.ToJsonString()}");
                for (var i = 0; i < list.Count; i++)
                {
                    Compare(list[i], elements[i], $"{path}/{i}", exact);
                }

                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String && ((string)value!).StartsWith('$'):
                Bind((string)value!, actual, path);
                break;
            default:
                Assert.True(expected?.ToJsonString() == actual?.ToJsonString(), $"{path}: {actual?.ToJsonString()} instead of {expected?.ToJsonString()}");
                break;
        }
    }

    private void CompareObject(JsonObject expected, JsonObject actual, string path, bool exact)
    {
        var template = (JsonObject)expected.DeepClone();
        if (template.Remove("$base"))
        {
            foreach (var (name, value) in standard.Where(member => !template.ContainsKey(member.Key)).ToArray())
            {
                template[name] = value?.DeepClone();
            }
        }

        foreach (var (name, value) in template)
        {
            Assert.True(actual.ContainsKey(name) || value is null, $"{path}/{name} is missing");
            Compare(value, actual[name], $"{path}/{name}", exact);
        }

        foreach (var (name, value) in actual.Where(member => !template.ContainsKey(member.Key)))
        {
            var empty = value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 };
            Assert.True(empty && !exact, $"{path}/{name} should not be there: {value?.ToJsonString()}");
        }
    }

    private void Bind(string placeholder, JsonNode? actual, string path)
    {
        var kind = Kinds.FirstOrDefault(kind => placeholder.StartsWith(kind.Prefix, StringComparison.Ordinal)).Fits;
        Assert.True(kind is not null && kind(actual), $"{path}: {actual?.ToJsonString()} is no {placeholder}");
        if (placeholder is "$any" or "$int")
        {
            return;
        }

        var text = actual!.ToJsonString();
        Assert.True(_bound.TryAdd(placeholder, text) || _bound[placeholder] == text, $"{path}: {text} is not the {placeholder} of before");
        Assert.Equal(_bound.Count, _bound.Values.Distinct().Count());
    }

    private static readonly (string Prefix, Func<JsonNode?, bool> Fits)[] Kinds =
    [
        ("$any", static _ => true),
        ("$int", static node => node is not null && node.GetValueKind() == JsonValueKind.Number && (long)node >= 0),
        ("$text", static node => Text(node) is { Length: > 0 }),
        ("$json", static node => Text(node) is { } text && JsonNode.Parse(text) is not null),
        ("$msg", static node => Text(node)!.StartsWith("msg_", StringComparison.Ordinal)),
        ("$resp", static node => Text(node)!.StartsWith("resp_", StringComparison.Ordinal)),
        ("$fc", static node => Text(node)!.StartsWith("fc_", StringComparison.Ordinal)),
        ("$rs", static node => Text(node)!.StartsWith("rs_", StringComparison.Ordinal)),
        ("$ctc", static node => Text(node)!.StartsWith("ctc_", StringComparison.Ordinal)),
        ("$id", static node => Plain().IsMatch(Text(node)!)),
        ("$alias", static node => Plain().IsMatch(Text(node)!)),
    ];

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? (string?)node : null;

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$")]
    private static partial Regex Plain();
}
