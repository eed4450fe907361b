using Gateway.Proxy.Failover;
using Gateway.Proxy.Forwarding;
using Gateway.Proxy.Routing;

namespace Gateway.Proxy.Pipeline;

/// <summary>What every run of a request uses.</summary>
public sealed record ForwardServices(PlanBuilder Plans, UpstreamBackends Upstreams, ReplicaPicker Picker, Admission Admission, Forwarder Forwarder, RetryBudgets Budgets, EngineDemand Demand, CallerHold Hold, Gateway.Proxy.Telemetry.GatewayMetrics Metrics, TimeProvider Clock, Gateway.Proxy.Backends.BackendTable Backends);
