using System.Text.Json;
using Gateway.Fakes;

namespace Gateway.EndToEndTests.Sdk;

/// <summary>What a fixture says, read plainly, to compare with what an SDK makes of it.</summary>
internal static class StoredAnswer
{
    public static string Text(Fixtures fixtures) => Message(fixtures, "chat").GetProperty("content").GetString()!;

    public static string Finish(Fixtures fixtures) =>
        Answers.Text(Json(fixtures.Find("chat.expect.json") ?? fixtures.Get("chat.json")).GetProperty("choices")[0], "finish_reason")!;

    public static string StreamedText(Fixtures fixtures) => string.Concat(Chunks(fixtures, "chat")
        .SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
        .Select(choice => choice.GetProperty("delta").TryGetProperty("content", out var content) ? content.GetString() : ""));

    public static string StreamedReason(Fixtures fixtures) => Chunks(fixtures, "chat")
        .SelectMany(chunk => chunk.GetProperty("choices").EnumerateArray())
        .Select(choice => Answers.Text(choice, "finish_reason"))
        .Last(reason => reason is not null)!;

    /// <summary>Name and arguments of the first tool that the model calls.</summary>
    public static (string Name, string Arguments) ToolCall(Fixtures fixtures)
    {
        var function = Message(fixtures, "chat-tools").GetProperty("tool_calls")[0].GetProperty("function");
        return (function.GetProperty("name").GetString()!, function.GetProperty("arguments").GetString()!);
    }

    public static IReadOnlyList<float> Vector(Fixtures fixtures) =>
    [
        .. Json(fixtures.Get("embeddings.json")).GetProperty("data")[0].GetProperty("embedding").EnumerateArray().Select(number => number.GetSingle()),
    ];

    private static JsonElement Message(Fixtures fixtures, string name) =>
        Json(fixtures.Find(name + ".expect.json") ?? fixtures.Get(name + ".json")).GetProperty("choices")[0].GetProperty("message");

    private static IEnumerable<JsonElement> Chunks(Fixtures fixtures, string name) =>
        Answers.Data(fixtures.Find(name + ".expect.sse") ?? fixtures.Get(name + ".sse")).Where(data => data != "[DONE]").Select(data => JsonSerializer.Deserialize<JsonElement>(data));

    private static JsonElement Json(byte[] body) => JsonSerializer.Deserialize<JsonElement>(body);
}
