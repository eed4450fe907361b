using System.Text.Json;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Requests;

/// <summary>How much a request asks for, as far as its body says: prompts, choices, and an estimate of its tokens.</summary>
internal static class RequestSize
{
    /// <summary>What a token of English takes in JSON, by a rule of thumb.</summary>
    private const int BytesPerToken = 4;

    /// <summary>The most tokens of a prompt by its size.</summary>
    /// <remarks>A larger body contains images or sound, whose size says little of their tokens.</remarks>
    private const long MaxPromptTokens = 32 * 1024;

    /// <summary>The tokens of an answer whose length the caller does not limit.</summary>
    private const long DefaultAnswerTokens = 256;

    /// <summary>Notes what the body says.</summary>
    public static void Note(ClientRequest request, GatewayFeature feature)
    {
        if (request.Members is not { } members || feature.Endpoint is not { } endpoint)
        {
            return;
        }

        feature.Choices = (int)Math.Clamp(Number(members, "n"u8) ?? 1, 1, 128);
        feature.Prompts = endpoint.Id == EndpointId.Completions ? Prompts(members) : 1;
        if (feature.Key is { Limited: true })
        {
            feature.PromptEstimate = Math.Min(members.Body.Length / BytesPerToken, MaxPromptTokens);
            feature.TokenEstimate = feature.PromptEstimate + (endpoint.Stream == StreamShape.None ? 0 : Answer(members) * feature.Choices);
        }
    }

    private static long Answer(JsonMembers members) =>
        Math.Clamp(Number(members, "max_completion_tokens"u8) ?? Number(members, "max_tokens"u8) ?? Number(members, "max_output_tokens"u8) ?? DefaultAnswerTokens, 0, int.MaxValue);

    private static long? Number(JsonMembers members, ReadOnlySpan<byte> name)
    {
        if (members.Find(name) is not { Kind: JsonTokenType.Number } member)
        {
            return null;
        }

        var reader = new Utf8JsonReader(members.Value(member));
        reader.Read();
        return reader.TryGetInt64(out var number) ? number : null;
    }

    // A list of numbers is one prompt, in token ids.
    private static int Prompts(JsonMembers members)
    {
        if (members.Find("prompt"u8) is not { Kind: JsonTokenType.StartArray } member)
        {
            return 1;
        }

        var count = 0;
        var reader = new Utf8JsonReader(members.Value(member), new JsonReaderOptions { MaxDepth = 512 });
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count += reader.TokenType == JsonTokenType.Number ? 0 : 1;
            reader.Skip();
        }

        return Math.Max(1, count);
    }
}
