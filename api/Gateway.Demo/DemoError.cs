using System.Text.Json.Serialization;

namespace Gateway.Demo;

/// <summary>What is wrong with a request, in OpenAI's form.</summary>
internal sealed record DemoError(string Message)
{
    [JsonIgnore]
    public int Status { get; init; } = StatusCodes.Status400BadRequest;

    public string Type { get; } = "invalid_request_error";

    /// <summary>The member of the request at fault.</summary>
    public string? Param { get; init; }

    public string? Code { get; init; }

    public static DemoError Invalid(string? param, string message) => new(message) { Param = param };

    public static DemoError UnknownModel(string model) => new(
        $"The model `{model}` does not exist. The built-in demo engine has only `{DemoModel.Id}`.")
    {
        Status = StatusCodes.Status404NotFound,
        Param = "model",
        Code = "model_not_found",
    };

    public static DemoError TooLong(int tokens, string param) => new(
        $"This model's maximum context length is {DemoModel.ContextLength} tokens. However, your request has {tokens} input tokens. "
        + "Please shorten it.")
    {
        Param = param,
        Code = "context_length_exceeded",
    };
}

/// <summary>The body of an error.</summary>
internal sealed record ErrorBody(DemoError Error);
