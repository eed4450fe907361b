using System.Text;
using System.Text.Json.Nodes;

namespace Gateway.Fakes;

/// <summary>The events of a stored stream.</summary>
internal static class Frames
{
    private static readonly byte[] NullUsage = ",\"usage\":null"u8.ToArray();

    /// <summary>The frames, each with the blank line that ends it; what follows the last one is a frame too.</summary>
    public static IReadOnlyList<byte[]> Split(ReadOnlySpan<byte> stream)
    {
        var frames = new List<byte[]>();
        while (!stream.IsEmpty)
        {
            var end = stream.IndexOf("\n\n"u8);
            var length = end < 0 ? stream.Length : end + 2;
            frames.Add(stream[..length].ToArray());
            stream = stream[length..];
        }

        return frames;
    }

    /// <summary>The stream as an engine sends it to a caller who did not ask for the usage: without the chunk that only carries it.</summary>
    public static byte[] WithoutUsage(byte[] stream) =>
        [.. Split(stream).Where(frame => !IsUsageChunk(frame)).SelectMany(WithoutNullUsage)];

    public static bool IsUsageChunk(ReadOnlySpan<byte> frame) =>
        frame.IndexOf("\"usage\":"u8) >= 0
        && (frame.IndexOf("\"choices\":[]"u8) >= 0 || frame.IndexOf("\"choices\": []"u8) >= 0)
        && frame.IndexOf("\"error\""u8) < 0;

    /// <summary>The frame says no more than that an answer has begun: a comment, who speaks, that the request was taken.</summary>
    public static bool IsPreamble(ReadOnlySpan<byte> frame)
    {
        var at = frame.IndexOf("data:"u8);
        var data = at < 0 ? "" : Encoding.UTF8.GetString(frame[(at + 5)..]).Trim();
        if (!data.StartsWith('{') || !data.EndsWith('}'))
        {
            return data.Length == 0;
        }

        var json = JsonNode.Parse(data)!;
        return (string?)json["type"] is { } type
            ? type is "response.created" or "response.in_progress" or "message_start" or "ping"
            : json["choices"] is JsonArray { Count: > 0 } choices && choices.All(static choice => SaysNothing(choice!));
    }

    private static bool SaysNothing(JsonNode choice) =>
        IsNothing(choice["finish_reason"]) && IsNothing(choice["text"])
        && (choice["delta"] is not JsonObject delta || delta.All(static member => member.Key == "role" || IsNothing(member.Value)));

    private static bool IsNothing(JsonNode? value) => value is null || value.ToJsonString() is "null" or "\"\"" or "[]" or "{}";

    private static byte[] WithoutNullUsage(byte[] frame) =>
        frame.AsSpan().IndexOf(NullUsage) < 0
            ? frame
            : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(frame).Replace(Encoding.UTF8.GetString(NullUsage), "", StringComparison.Ordinal));
}
