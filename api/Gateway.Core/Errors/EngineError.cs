namespace Gateway.Core.Errors;

/// <summary>An engine's error in OpenAI's words: its own message, with status, type and code as OpenAI would have sent them.</summary>
/// <param name="Status">The status the client gets.</param>
/// <param name="Message">The engine's message.</param>
/// <param name="Type">OpenAI's type.</param>
/// <param name="Param">The request field at fault, or null.</param>
/// <param name="Code">OpenAI's code, or null.</param>
public sealed record EngineError(int Status, string Message, string Type, string? Param, string? Code)
{
    /// <summary>The engine's own body, when it already has OpenAI's shape and nothing was mended: it passes untouched.</summary>
    public byte[]? Untouched { get; init; }

    /// <summary>The seconds of the engine's <c>Retry-After</c>; null where it sent none.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>More members of OpenAI's envelope, name and raw JSON value.</summary>
    public IReadOnlyList<(string Name, string RawValue)> Extra { get; init; } = [];

    /// <summary>The same engine would fail in the same way again.</summary>
    public bool Once { get; init; }

    /// <summary>The engine refuses the gateway's own key: another attempt there fails the same way, and the client's key has nothing to do with it.</summary>
    public bool RefusesKey { get; init; }

    /// <summary>
    /// What a client gets where the engine refuses the gateway's key. Clients take 401 and 403 for a judgement on their own key, which this gateway has
    /// accepted, so they get a fault of the server.
    /// </summary>
    /// <param name="engine">Its name for people.</param>
    /// <param name="status">The engine's status.</param>
    /// <param name="said">Its message; empty where it gave none.</param>
    public static EngineError RefusedKey(string engine, int status, string said)
    {
        var words = said.Length == 0 ? "" : $" {engine} says: {said}";
        return new(
            502,
            FormattableString.Invariant($"{engine} refuses this gateway's key ({status}). Your key is valid. Ask the administrator of the gateway to correct BACKEND_API_KEY (api_key in gateway.yaml).{words}"),
            "server_error",
            null,
            "upstream_error")
        { RefusesKey = true };
    }

    /// <summary>The same error without the engine's key, wherever the engine repeats it.</summary>
    public EngineError Without(SecretText secret) => this with
    {
        // A message that was cut may end with the first half of the key.
        Message = secret.Clean(Message.Length < RawEngineError.MaxMessage - 1 ? Message : secret.WithoutBeginning(Message)),
        Type = secret.Clean(Type),
        Param = Param is null ? null : secret.Clean(Param),
        Code = Code is null ? null : secret.Clean(Code),
        Untouched = Untouched is null ? null : secret.CleanJson(Untouched) ?? Untouched,
    };
}
