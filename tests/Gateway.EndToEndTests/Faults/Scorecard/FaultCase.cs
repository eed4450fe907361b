namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>What one fault came to.</summary>
/// <param name="Caller">What the caller saw, in words that are the same on every machine.</param>
/// <param name="Upstream">How often the engines were asked.</param>
internal sealed record FaultSight(string Caller, string Upstream);

/// <summary>One line of the scorecard: a fault, what has to come of it, and the run that shows it.</summary>
/// <param name="Fault">What goes wrong. Names the case too.</param>
/// <param name="Expected">What has to come of it.</param>
/// <param name="RunAsync">Makes it go wrong; ends only when nothing of the request is left behind.</param>
internal sealed record FaultCase(string Fault, FaultSight Expected, Func<Task<FaultSight>> RunAsync)
{
    public override string ToString() => Fault;
}
