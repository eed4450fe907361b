using Gateway.Authentication;
using Gateway.Backends;
using Gateway.Configuration;
using Gateway.ModelList;
using Gateway.Routing;

namespace Gateway.Forwarding;

/// <summary>The settings in force and what is made from them, for readers beside the request path: console, figures, metrics.</summary>
internal sealed record Snapshot(GatewaySettings Settings, BackendTable Backends, Admission Admission, ApiKeyStore Keys, ModelListEndpoint Models);
