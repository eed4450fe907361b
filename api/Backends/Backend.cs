using Gateway.Configuration;
using Gateway.Engines;

namespace Gateway.Backends;

/// <summary>One engine kind behind the gateway, with one or more replicas that serve the same models.</summary>
internal sealed class Backend : IDisposable
{
    public Backend(BackendSettings settings, EngineProfile profile, TimeProvider clock)
    {
        Settings = settings;
        Profile = profile;
        var replicas = settings.Replicas.Count > 0
            ? settings.Replicas
            : [new ReplicaSettings(new Uri(profile.Deployment.LocalBaseUrl ?? profile.Deployment.BaseUrl))];
        Replicas = [.. replicas.Select((replica, i) => new Replica(replicas.Count == 1 ? Name : FormattableString.Invariant($"{Name}-{i + 1}"), EngineAddress.Parse(replica.Url), replica.Weight, new ReplicaBreaker(settings.Resilience, clock)))];
        Client = UpstreamClient.Create(settings.Deadlines.Connect, TimeSpan.FromSeconds(profile.IdleConnectionSeconds));
    }

    public BackendSettings Settings { get; }

    public string Name => Settings.Name;

    public Deadlines Deadlines => Settings.Deadlines;

    public EngineProfile Profile { get; }

    public IReadOnlyList<Replica> Replicas { get; }

    public BackendModels Models { get; } = new();

    /// <summary>The connection pool of this backend; all its replicas share it.</summary>
    public HttpMessageInvoker Client { get; }

    /// <summary>The best state among the replicas.</summary>
    public EngineState State
    {
        get
        {
            var best = EngineState.Unreachable;
            foreach (var replica in Replicas)
            {
                if (Rank(replica.State) > Rank(best))
                {
                    best = replica.State;
                }
            }

            return best;
        }
    }

    public void Dispose() => Client.Dispose();

    /// <summary>Adds the engine's key to a request of the gateway's own (a probe, a model list).</summary>
    public void Authorize(HttpRequestMessage request)
    {
        if (Settings.ApiKey is { } key && Profile.Auth.Header is { } header)
        {
            request.Headers.TryAddWithoutValidation(header, Profile.Auth.Prefix + key);
        }
    }

    private static int Rank(EngineState state) => state switch
    {
        EngineState.Ready => 7,
        EngineState.Degraded => 6,
        EngineState.Draining => 5,
        EngineState.Loading => 4,
        EngineState.Starting => 3,
        EngineState.Pulling => 2,
        EngineState.Unreachable => 1,
        EngineState.Absent => 0,
        _ => throw new InvalidOperationException($"{state} has no rank."),
    };
}
