using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Proxy.Translation;
using Xunit;

namespace Gateway.Tests.Translation;

/// <summary>Requests and answers as texts.</summary>
internal static class MessagesRig
{
    public const string Hello = """{"model":"m","max_tokens":64,"messages":[{"role":"user","content":"hi"}]}""";

    public const string Tool = """{"name":"get_weather","description":"d","input_schema":{"type":"object"}}""";

    public static TranslationContext Context(string model = "test-model")
    {
        var count = 0;
        return new(model, () => string.Create(CultureInfo.InvariantCulture, $"new{++count}"), TimeProvider.System, ReportsUsageInStream: true);
    }

    /// <summary>A request with more members.</summary>
    public static string With(string members) => Hello[..^1] + "," + members + "}";

    /// <summary>A request with one turn of the user.</summary>
    public static string Says(string blocks) => $$"""{"model":"m","max_tokens":64,"messages":[{"role":"user","content":{{blocks}}}]}""";

    /// <summary>A request whose last turn is the result of a call.</summary>
    public static string Results(string results) => $$$"""
        {"model":"m","max_tokens":64,"messages":[{"role":"user","content":"run"},{"role":"assistant","content":[{"type":"tool_use","id":"call_1","name":"get_weather","input":{}}]},
        {"role":"user","content":[{{{results}}}]}]}
        """;

    public static MessagesTranslation Create(string request)
    {
        var made = MessagesTranslation.Create(Encoding.UTF8.GetBytes(request), Context(), out var error);
        Assert.True(made is not null, error?.Message);
        return made;
    }

    public static GatewayError Refused(string request)
    {
        Assert.Null(MessagesTranslation.Create(Encoding.UTF8.GetBytes(request), Context(), out var error));
        Assert.NotNull(error);
        Assert.Equal(400, error.Status);
        return error;
    }

    /// <summary>The chat request.</summary>
    public static JsonElement Chat(string request) => JsonDocument.Parse(Create(request).Body, new JsonDocumentOptions { MaxDepth = 512 }).RootElement;

    /// <summary>The plain answer to a choice.</summary>
    public static JsonElement Answer(string choice, string request = Hello, string usage = "{}") =>
        TryAnswer($$"""{"id":"c","model":"m","choices":[{{choice}}],"usage":{{usage}}}""", request) ?? throw new InvalidOperationException("no answer");

    public static JsonElement? TryAnswer(string completion, string request = Hello)
    {
        var output = new ArrayBufferWriter<byte>();
        return Create(request).TryWriteAnswer(Encoding.UTF8.GetBytes(completion), output) ? JsonDocument.Parse(output.WrittenMemory).RootElement : null;
    }

    /// <summary>The stream that deltas come to, each with an end or without one.</summary>
    public static MessagesLifecycle Stream(string request, params string[] choices) =>
        MessagesLifecycle.Read(MessagesLifecycle.Events(Events(Create(request), [.. choices.Select(choice => $$"""{"id":"c","model":"m","choices":[{"index":0,{{choice}}}]}""")])));

    public static byte[] Events(MessagesTranslation translation, IEnumerable<string> chunks, bool cut = false)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var chunk in chunks)
        {
            translation.WriteChunk(Encoding.UTF8.GetBytes(chunk), output);
        }

        if (cut)
        {
            translation.WriteFailure(502, "stream_interrupted", "The engine's stream broke off.", output);
        }
        else
        {
            translation.WriteEnd(output);
        }

        return output.WrittenSpan.ToArray();
    }
}
