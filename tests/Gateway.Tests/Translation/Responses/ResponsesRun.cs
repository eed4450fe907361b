using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Proxy.Translation;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>Translates requests and answers for the tests, with ids that count.</summary>
internal static class ResponsesRun
{
    public static ResponsesTranslation Create(string body, bool reportsUsage = true)
    {
        var translation = ResponsesTranslation.Create(Encoding.UTF8.GetBytes(body), Context(reportsUsage), out var error);

        Assert.Null(error);
        Assert.NotNull(translation);
        return translation;
    }

    /// <summary>The error of a request that is refused.</summary>
    public static (int Status, string? Param, string Message) Refused(string body)
    {
        var translation = ResponsesTranslation.Create(Encoding.UTF8.GetBytes(body), Context(true), out var error);

        Assert.Null(translation);
        Assert.NotNull(error);
        return (error.Status, error.Param, error.Message);
    }

    public static JsonNode Body(string request) => JsonNode.Parse(Create(request).Body.Span)!;

    public static JsonNode? Plain(ResponsesTranslation translation, string completion)
    {
        var output = new ArrayBufferWriter<byte>();
        return translation.TryWriteAnswer(Encoding.UTF8.GetBytes(completion), output) ? JsonNode.Parse(output.WrittenSpan) : null;
    }

    /// <summary>The events of a stream that ends in order.</summary>
    public static List<JsonNode> Stream(ResponsesTranslation translation, params IEnumerable<string> chunks)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var chunk in chunks)
        {
            translation.WriteChunk(Encoding.UTF8.GetBytes(chunk), output);
        }

        translation.WriteEnd(output);
        return Events(output.WrittenSpan);
    }

    /// <summary>The same, where a chunk is a delta or the delta of a choice with its end.</summary>
    public static List<JsonNode> Deltas(ResponsesTranslation translation, string finish, params IEnumerable<string> deltas) =>
        Stream(translation, [.. deltas.Select(static delta => $$"""{"choices":[{"index":0,"delta":{{delta}},"finish_reason":null}]}"""), $$"""{"choices":[{"index":0,"delta":{},"finish_reason":"{{finish}}"}]}"""]);

    public static string Completion(string message, string finish = "stop") =>
        $$"""{"model":"m","choices":[{"index":0,"message":{{message}},"finish_reason":"{{finish}}"}]}""";

    /// <summary>Events as they are framed: a name, the data, an empty line.</summary>
    public static List<JsonNode> Events(ReadOnlySpan<byte> stream)
    {
        var text = Encoding.UTF8.GetString(stream);
        var events = new List<JsonNode>();
        foreach (var frame in text.Split("\n\n")[..^1])
        {
            var lines = frame.Split('\n');
            Assert.Equal(2, lines.Length);
            Assert.StartsWith("data: ", lines[1], StringComparison.Ordinal);
            var data = JsonNode.Parse(lines[1]["data: ".Length..])!;
            Assert.Equal("event: " + (string?)data["type"], lines[0]);
            events.Add(data);
        }

        Assert.EndsWith(text.Length == 0 ? "" : "\n\n", text, StringComparison.Ordinal);
        return events;
    }

    /// <summary>The output of the last event, whose stream was checked.</summary>
    public static JsonArray Output(List<JsonNode> events) => (JsonArray)ResponsesLifecycle.Check(events)["output"]!;

    private static TranslationContext Context(bool reportsUsage)
    {
        var ids = 0;
        return new TranslationContext("test-model", () => $"{++ids:0000}", TimeProvider.System, reportsUsage);
    }
}
