using Gateway.Routing;

namespace Gateway.Forwarding;

/// <summary>What every run of a request uses.</summary>
internal sealed record ForwardServices(PlanBuilder Plans, UpstreamBackends Upstreams, ReplicaPicker Picker, Admission Admission, Forwarder Forwarder, RetryBudgets Budgets, EngineDemand Demand, CallerHold Hold, Telemetry.GatewayMetrics Metrics, TimeProvider Clock, Backends.BackendTable Backends);
