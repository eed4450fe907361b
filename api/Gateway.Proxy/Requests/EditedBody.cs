using Gateway.Core.Errors;

namespace Gateway.Proxy.Requests;

/// <summary>What has to be changed in a body for an engine.</summary>
/// <param name="Edit">The changes.</param>
/// <param name="Removed">What was left out that the caller may miss; null: nothing.</param>
/// <param name="Refused">The error when the request cannot do without it.</param>
public readonly record struct EditedBody(JsonEdit Edit, List<string>? Removed, GatewayError? Refused);
