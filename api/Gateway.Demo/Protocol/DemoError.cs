using System.Text.Json;

namespace Gateway.Demo.Protocol;

/// <summary>What is wrong with a request, in OpenAI's words.</summary>
internal sealed record DemoError(int Status, string Message)
{
    public string Type { get; init; } = "invalid_request_error";

    /// <summary>The member of the request at fault.</summary>
    public string? Param { get; init; }

    public string? Code { get; init; }

    public static DemoError Invalid(string? param, string message) => new(400, message) { Param = param };

    public static DemoError UnknownModel(string model) =>
        new(404, $"The model `{model}` does not exist. The built-in demo engine has only `{DemoModel.Id}`.") { Param = "model", Code = "model_not_found" };

    public static DemoError TooLong(int tokens, string param) =>
        new(400, $"This model's maximum context length is {DemoModel.ContextLength} tokens. However, your request has {tokens} input tokens. Please shorten it.")
        {
            Param = param,
            Code = "context_length_exceeded",
        };

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteStartObject("error"u8);
        json.WriteString("message"u8, Message);
        json.WriteString("type"u8, Type);
        json.WriteString("param"u8, Param);
        json.WriteString("code"u8, Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
