using System.Runtime.InteropServices;

namespace Gateway.Demo;

/// <summary>Vectors of texts, as numbers or in base64.</summary>
internal static class EmbeddingEndpoint
{
    public static async Task<DemoError?> AnswerAsync(HttpContext context, EmbeddingRequest request)
    {
        var inputs = request.ReadInputs();
        if (request.FindFault(inputs) is { } fault)
        {
            return fault;
        }

        var entries = new List<EmbeddingEntry>(inputs!.Count);
        foreach (var input in inputs)
        {
            context.RequestAborted.ThrowIfCancellationRequested();
            var vector = WordVectors.Embed(input.Text, request.Dimensions ?? EmbeddingRequest.DefaultDimensions);
            // Little-endian floats, as every machine that .NET runs on has them.
            object embedding = request.EncodingFormat == "base64" ? Convert.ToBase64String(MemoryMarshal.AsBytes<float>(vector)) : vector;
            entries.Add(new EmbeddingEntry("embedding", entries.Count, embedding));
        }

        var list = new EmbeddingList("list", entries, DemoModel.Id, new Usage(inputs.Sum(input => input.Tokens), null));
        await DemoJson.WriteAsync(context, StatusCodes.Status200OK, list, DemoJson.Wire.EmbeddingList);
        return null;
    }
}

internal sealed record EmbeddingList(string Object, IReadOnlyList<EmbeddingEntry> Data, string Model, Usage Usage);

/// <summary>One vector: its numbers, or their bytes in base64.</summary>
internal sealed record EmbeddingEntry(string Object, int Index, object Embedding);
