using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Failover;

namespace Gateway.Proxy.Backends;

/// <summary>One configured engine with one or more replicas that serve the same models.</summary>
/// <remarks>A change of its settings makes a new object; what has not changed (replicas, connections, models) is taken over.</remarks>
public sealed class Backend : IDisposable
{
    private readonly ConnectionPool _connections;
    private readonly List<Action> _pendingUpdates = [];
    private int _references = 1;

    /// <param name="settings">Its settings.</param>
    /// <param name="profile">Its engine's profile.</param>
    /// <param name="clock">The clock of its breakers.</param>
    /// <param name="before">The backend of the same name in the settings before, if there was one.</param>
    public Backend(BackendSettings settings, EngineProfile profile, TimeProvider clock, Backend? before = null)
    {
        Settings = settings;
        Secret = settings.ApiKey is { } key ? new SecretText(key) : null;
        Profile = profile;
        var heir = before is not null && before.Profile == profile ? before : null;
        var replicas = settings.Replicas.Count > 0
            ? settings.Replicas
            : [new ReplicaSettings(new Uri(profile.Deployment.LocalBaseUrl ?? profile.Deployment.BaseUrl))];
        Replicas = [.. replicas.Select((replica, i) => Take(replica, replicas.Count == 1 ? Name : FormattableString.Invariant($"{Name}-{i + 1}"), heir, clock))];
        Shared = _pendingUpdates.Count > 0 ? heir!.Shared : new SharedBackendState();
        foreach (var replica in Replicas)
        {
            replica.ShareChanges(Shared.Changes);
        }

        _connections = heir is not null && heir.Deadlines.Connect == settings.Deadlines.Connect
            ? heir._connections.AddReference()
            : new ConnectionPool(settings.Deadlines.Connect, TimeSpan.FromSeconds(profile.IdleConnectionSeconds));
    }

    public BackendSettings Settings { get; }

    /// <summary>The engine's key, to be masked in errors; null where it has none.</summary>
    public SecretText? Secret { get; }

    public string Name => Settings.Name;

    public Deadlines Deadlines => Settings.Deadlines;

    public EngineProfile Profile { get; }

    public IReadOnlyList<Replica> Replicas { get; }

    /// <summary>State that it shares with the backends before and after it.</summary>
    public SharedBackendState Shared { get; }

    public BackendModels Models => Shared.Models;

    /// <summary>Requests to this endpoint are translated to the one that serves it instead.</summary>
    public bool Translates(EndpointSpec endpoint) =>
        endpoint.Over is { } over && Profile.Endpoints[over].Served && Settings.Translate switch
        {
            Translate.Auto => !Profile.Endpoints[endpoint.Id].Served,
            Translate.Always => true,
            Translate.Never => false,
            _ => throw new ArgumentOutOfRangeException(nameof(endpoint)),
        };

    /// <summary>Requests to this endpoint are answered, by the engine's own API or by translation.</summary>
    public bool Serves(EndpointSpec endpoint) => Profile.Endpoints[endpoint.Id].Served || Translates(endpoint);

    /// <summary>The connection pool of this backend; all its replicas share it.</summary>
    public HttpMessageInvoker Client => _connections.Client;

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

    /// <summary>A replica can take a request, or none was probed yet.</summary>
    public bool Usable
    {
        get
        {
            // Asked for every request: enumerating a list by its interface would make an object.
            for (var i = 0; i < Replicas.Count; i++)
            {
                if (Replicas[i].Usable)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>A request found it away: its replicas are probed now instead of at their next turn.</summary>
    public void RequestProbe()
    {
        foreach (var replica in Replicas.Where(static replica => !replica.Held))
        {
            replica.ReportSuspect();
        }
    }

    /// <summary>One of its replicas has answered something since the gateway started.</summary>
    public bool HasAnswered => Replicas.Any(static replica => replica.HasAnswered);

    /// <summary>Its models are about to be read for the first time: it was not probed yet, or has just become ready.</summary>
    public bool ListIsDue => !Models.Known && !Models.Asked && (State == EngineState.Ready || Replicas.Any(static replica => !replica.Seen && !replica.Held));

    /// <summary>Its settings are in force from now on: replicas that it has taken over are updated.</summary>
    public void Commit()
    {
        _pendingUpdates.ForEach(static adopt => adopt());
        _pendingUpdates.Clear();
    }

    /// <summary>One more snapshot uses this backend; each releases it with Dispose.</summary>
    public Backend AddReference()
    {
        Interlocked.Increment(ref _references);
        return this;
    }

    public void Dispose()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            _connections.Dispose();
        }
    }

    /// <summary>Adds the engine's key to a request of the gateway's own (a probe, a model list).</summary>
    public void Authorize(HttpRequestMessage request)
    {
        if (Settings.ApiKey is { } key && Profile.Auth.Header is { } header)
        {
            request.Headers.TryAddWithoutValidation(header, Profile.Auth.Prefix + key);
        }
    }

    // Until its settings are in force, a replica of the backend before goes on by the old ones.
    private Replica Take(ReplicaSettings wanted, string name, Backend? before, TimeProvider clock)
    {
        var address = EngineAddress.Parse(wanted.Url);
        if (before?.Replicas.FirstOrDefault(replica => replica.Address.Api == address.Api) is not { } kept)
        {
            return new Replica(name, address, wanted.Weight, new ReplicaBreaker(Settings.Resilience, clock));
        }

        var breaker = ReplicaBreaker.Same(before.Settings.Resilience, Settings.Resilience) ? null : new ReplicaBreaker(Settings.Resilience, clock);
        var otherKey = before.Settings.ApiKey != Settings.ApiKey;
        _pendingUpdates.Add(() => kept.Update(name, wanted.Weight, breaker, otherKey));
        return kept;
    }

    private static int Rank(EngineState state) => state switch
    {
        EngineState.Ready => 8,
        EngineState.Degraded => 7,
        EngineState.Draining => 6,
        EngineState.Loading => 5,
        EngineState.Starting => 4,
        EngineState.Pulling => 3,
        EngineState.Asleep => 2,
        EngineState.Unreachable => 1,
        EngineState.Absent => 0,
        _ => throw new InvalidOperationException($"{state} has no rank."),
    };
}
