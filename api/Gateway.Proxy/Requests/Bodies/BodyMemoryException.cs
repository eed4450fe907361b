namespace Gateway.Proxy.Requests;

/// <summary>A body does not fit beside those that other requests have in memory.</summary>
internal sealed class BodyMemoryException() : Exception("The bodies of the running requests take all the memory that they may.");
