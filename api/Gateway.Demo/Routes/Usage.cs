using System.Text.Json;

namespace Gateway.Demo.Routes;

/// <summary>What a request cost, as chat, completions and embeddings tell it.</summary>
internal sealed record Usage(int Prompt, int? Completion)
{
    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("usage"u8);
        json.WriteNumber("prompt_tokens"u8, Prompt);
        if (Completion is { } completion)
        {
            json.WriteNumber("completion_tokens"u8, completion);
        }

        json.WriteNumber("total_tokens"u8, Prompt + (Completion ?? 0));
        json.WriteEndObject();
    }
}
