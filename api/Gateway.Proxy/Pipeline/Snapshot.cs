using Gateway.Core.Configuration;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Keys;
using Gateway.Proxy.Models;
using Gateway.Proxy.Routing;

namespace Gateway.Proxy.Pipeline;

/// <summary>The settings in force and what is made from them, for readers beside the request path: console, figures, metrics.</summary>
public sealed record Snapshot(GatewaySettings Settings, BackendTable Backends, Admission Admission, ApiKeyStore Keys, ModelListEndpoint Models);
