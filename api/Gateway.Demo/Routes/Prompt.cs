using System.Globalization;
using System.Text.Json;
using Gateway.Demo.Answers;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>A text to work on, and its tokens: as written, or as the numbers a caller's own tokenizer gave it.</summary>
internal sealed record Prompt(string Text, int Tokens)
{
    /// <summary>A text, a list of texts, a list of token numbers, or a list of such lists; empty where it is none of them.</summary>
    public static IReadOnlyList<Prompt> ReadAll(RequestReader request, string name)
    {
        var value = request.Member(name);
        IReadOnlyList<Prompt?> prompts = value switch
        {
            { ValueKind: JsonValueKind.String } => [Read(value.Value)],
            { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Number) => [Read(list)],
            { ValueKind: JsonValueKind.Array } list => [.. list.EnumerateArray().Select(Read)],
            _ => [],
        };
        if (prompts.Count == 0 || prompts.Contains(null))
        {
            request.Fail(name, $"`{name}` must be a string, a list of strings, a list of token numbers or a list of such lists, and none of them empty.");
            return [];
        }

        return [.. prompts.OfType<Prompt>()];
    }

    private static Prompt? Read(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.String)
        {
            var text = value.GetString()!;
            return text.Length == 0 ? null : new Prompt(text, Words.Count(text));
        }

        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() == 0 || !value.EnumerateArray().All(IsToken))
        {
            return null;
        }

        return new Prompt(string.Join(' ', value.EnumerateArray().Select(token => token.GetInt32().ToString(CultureInfo.InvariantCulture))), value.GetArrayLength());
    }

    private static bool IsToken(JsonElement item) => item.ValueKind == JsonValueKind.Number && item.TryGetInt32(out var token) && token >= 0;
}
