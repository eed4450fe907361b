namespace Gateway.Proxy.Responses;

/// <summary>How a stream of events came to its end.</summary>
internal enum RelayEnd
{
    /// <summary>It is still running, or was left by its reader.</summary>
    None,

    /// <summary>The engine said everything.</summary>
    Complete,

    /// <summary>The engine reported a failure in it.</summary>
    EngineError,

    /// <summary>It broke off, stalled or became nonsense.</summary>
    Interrupted,
}
