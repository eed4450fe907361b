using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Proxy.Backends;

namespace Gateway.Tests.Backends;

/// <summary>Backends without an engine behind them.</summary>
internal static class TestBackends
{
    /// <summary>A backend of an engine's profile, ready, with the models listed.</summary>
    public static Backend Of(string kind, params string[] models)
    {
        var backend = Of(EngineCatalog.Find(kind)!, replicas: 1);
        backend.Models.Replace([.. models.Select(model => new ListedModel(model))]);
        backend.Replicas[0].Report(EngineState.Ready);
        return backend;
    }

    /// <summary>A backend that has not been looked at.</summary>
    public static Backend Of(EngineProfile profile, int replicas, TimeProvider? clock = null, Func<BackendSettings, BackendSettings>? set = null)
    {
        var settings = new BackendSettings
        {
            Name = profile.Id,
            Kind = profile.Id,
            Replicas = [.. Enumerable.Range(1, replicas).Select(i => new ReplicaSettings(new Uri($"http://127.0.0.{i}:9/v1")))],
        };
        return new Backend(set?.Invoke(settings) ?? settings, profile, clock ?? TimeProvider.System);
    }
}
