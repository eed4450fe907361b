using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>Compares JSON with what is expected of it: texts that begin with <c>$</c> stand for a value that is the same throughout a file.</summary>
internal sealed partial class MessagesFixture
{
    private readonly Dictionary<string, string> _bound = [];

    /// <summary>Puts the values that are known in the place of what stands for them.</summary>
    public string Filled(JsonElement element) =>
        Placeholder().Replace(element.GetRawText(), match => _bound.TryGetValue(match.Groups[1].Value, out var value) ? JsonSerializer.Serialize(value) : match.Value);

    /// <summary>The value is as expected; members that are not named may be there with nothing in them.</summary>
    public void Match(JsonElement expected, JsonElement actual, string at)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.String:
                MatchText(expected.GetString()!, actual, at);
                break;
            case JsonValueKind.Object:
                Assert.Equal((at, JsonValueKind.Object), (at, actual.ValueKind));
                MatchMembers(expected, actual, at);
                break;
            case JsonValueKind.Array:
                Assert.True(actual.ValueKind == JsonValueKind.Array && expected.GetArrayLength() == actual.GetArrayLength(), $"{at}: {actual}");
                foreach (var (one, i) in expected.EnumerateArray().Select((one, i) => (one, i)))
                {
                    Match(one, actual[i], $"{at}/{i}");
                }

                break;
            default:
                Assert.Equal((at, expected.GetRawText()), (at, actual.GetRawText()));
                break;
        }
    }

    private void MatchMembers(JsonElement expected, JsonElement actual, string at)
    {
        foreach (var member in expected.EnumerateObject())
        {
            if (actual.TryGetProperty(member.Name, out var value))
            {
                Match(member.Value, value, $"{at}/{member.Name}");
            }
            else
            {
                Assert.True(IsNothing(member.Value), $"{at}/{member.Name} is missing");
            }
        }

        foreach (var member in actual.EnumerateObject())
        {
            Assert.True(expected.TryGetProperty(member.Name, out _) || IsNothing(member.Value), $"{at}/{member.Name} is too much");
        }
    }

    private void MatchText(string expected, JsonElement actual, string at)
    {
        if (!expected.StartsWith('$'))
        {
            Assert.Equal((at, expected), (at, actual.ToString()));
            return;
        }

        if (expected == "$int")
        {
            Assert.True(actual.ValueKind == JsonValueKind.Number && actual.GetInt64() >= 0, at);
            return;
        }

        var text = actual.GetString()!;
        Assert.Matches(expected switch { "$sig" => "", "$text" or "$text2" => ".", _ when expected.StartsWith("$msg", StringComparison.Ordinal) => "^msg_.", _ => "^[a-zA-Z0-9_-]{1,64}$" }, text);
        if (expected is not ("$sig" or "$text" or "$text2"))
        {
            Assert.True(_bound.TryAdd(expected, text) || _bound[expected] == text, $"{at}: {text}");
            Assert.Single(_bound, pair => pair.Value == text);
        }
    }

    private static bool IsNothing(JsonElement value) => value.ValueKind == JsonValueKind.Null
        || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0) || (value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any());

    [GeneratedRegex("\"(\\$[a-z0-9]+)\"")]
    private static partial Regex Placeholder();
}
