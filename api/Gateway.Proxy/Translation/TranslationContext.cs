namespace Gateway.Proxy.Translation;

/// <summary>What a translation has to know besides the request's body.</summary>
/// <param name="EngineModel">The model name to send.</param>
/// <param name="NewId">The random part of an id.</param>
/// <param name="Clock">Gives the time of an answer.</param>
/// <param name="ReportsUsageInStream">The engine takes <c>stream_options.include_usage</c>, and is asked for it.</param>
internal sealed record TranslationContext(string EngineModel, Func<string> NewId, TimeProvider Clock, bool ReportsUsageInStream);
