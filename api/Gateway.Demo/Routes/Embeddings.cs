using System.Runtime.InteropServices;
using System.Text.Json;
using Gateway.Demo.Answers;
using Gateway.Demo.Protocol;

namespace Gateway.Demo.Routes;

/// <summary>Vectors of texts, as numbers or in base64.</summary>
internal static class Embeddings
{
    private const int DefaultDimensions = 384;
    private const int MostDimensions = 4096;
    private const int MostInputs = 2048;
    private const int MostTokens = 300_000;

    public static async Task<DemoError?> AnswerAsync(DemoExchange exchange)
    {
        var request = exchange.Request;
        var inputs = Prompt.ReadAll(request, "input");
        var dimensions = request.Count("dimensions", 1, MostDimensions) ?? DefaultDimensions;
        var format = request.Text("encoding_format") ?? "float";
        Check(request, inputs, format);
        if (request.Fault is { } fault)
        {
            return fault;
        }

        if (inputs.FirstOrDefault(input => input.Tokens > DemoModel.ContextLength) is { } tooLong)
        {
            return DemoError.TooLong(tooLong.Tokens, "input");
        }

        var vectors = new List<float[]>(inputs.Count);
        foreach (var input in inputs)
        {
            exchange.Aborted.ThrowIfCancellationRequested();
            vectors.Add(WordVectors.Embed(input.Text, dimensions));
        }

        await exchange.WriteAsync(json => Write(json, vectors, format == "base64", new Usage(inputs.Sum(input => input.Tokens), null)));
        return null;
    }

    private static void Check(RequestReader request, IReadOnlyList<Prompt> inputs, string format)
    {
        if (inputs.Count > MostInputs || inputs.Sum(input => (long)input.Tokens) > MostTokens)
        {
            request.Fail("input", $"`input` may have {MostInputs} texts and {MostTokens} tokens at most.");
        }

        if (format is not ("float" or "base64"))
        {
            request.Fail("encoding_format", "`encoding_format` must be `float` or `base64`.");
        }
    }

    private static void Write(Utf8JsonWriter json, List<float[]> vectors, bool base64, Usage usage)
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteStartArray("data"u8);
        foreach (var (index, vector) in vectors.Index())
        {
            json.WriteStartObject();
            json.WriteString("object"u8, "embedding"u8);
            json.WriteNumber("index"u8, index);
            WriteVector(json, vector, base64);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("model"u8, DemoModel.Id);
        usage.Write(json);
        json.WriteEndObject();
    }

    private static void WriteVector(Utf8JsonWriter json, float[] vector, bool base64)
    {
        if (base64)
        {
            // Little-endian floats, as every machine that .NET runs on has them.
            json.WriteBase64String("embedding"u8, MemoryMarshal.AsBytes<float>(vector));
            return;
        }

        json.WriteStartArray("embedding"u8);
        foreach (var value in vector)
        {
            json.WriteNumberValue(value);
        }

        json.WriteEndArray();
    }
}
