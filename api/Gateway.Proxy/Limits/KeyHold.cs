namespace Gateway.Proxy.Limits;

/// <summary>What a running request holds of its key's limits.</summary>
/// <param name="Entered">It was let in, and has to leave.</param>
/// <param name="Tokens">Tokens that it may still use, by estimate.</param>
public readonly record struct KeyHold(bool Entered, long Tokens);
