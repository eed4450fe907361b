using System.Text;
using System.Text.Json;
using Gateway.Engines;

namespace Gateway.Fakes;

/// <summary>What the client must see of an engine's error.</summary>
internal sealed record ErrorExpectation
{
    public int? Status { get; init; }

    public string? Type { get; init; }

    public string? Code { get; init; }

    public string? Param { get; init; }

    /// <summary>A part of the text that must survive.</summary>
    public string? Message { get; init; }

    /// <summary>The failure comes after the stream has begun.</summary>
    public bool InBand { get; init; }
}

/// <summary>One answer of an engine: to a health probe, to a mistake, to an unknown path, or a failing stream.</summary>
internal sealed record AnswerCase
{
    public string Case { get; init; } = "";

    public string Endpoint { get; init; } = "/v1/chat/completions";

    public int Status { get; init; } = 200;

    public string? ContentType { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>The body as text; an object stands for its own JSON.</summary>
    public JsonElement Body { get; init; }

    /// <summary>The state that an answer to the health probe stands for.</summary>
    public string? State { get; init; }

    public ErrorExpectation Expect { get; init; } = new();

    public byte[] Bytes => Encoding.UTF8.GetBytes(Text);

    public string Text => Body.ValueKind == JsonValueKind.String ? Body.GetString()! : HasBody ? Body.GetRawText() : "";

    private bool HasBody => Body.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public bool Is(EngineState state) => string.Equals(State, state.ToString(), StringComparison.OrdinalIgnoreCase);

    public override string ToString() => Case;
}
