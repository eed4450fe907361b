namespace Gateway.Proxy.Translation;

/// <summary>What an answer takes from its request.</summary>
/// <param name="Context">Ids, time, the model's name.</param>
/// <param name="Tools">The tools and their names.</param>
/// <param name="Echo">The members that are repeated, from the comma before the first.</param>
/// <param name="WrapsReasoning">Reasoning also comes as <c>encrypted_content</c>.</param>
internal sealed record ResponsesFrame(TranslationContext Context, ResponsesTools Tools, byte[] Echo, bool WrapsReasoning);
