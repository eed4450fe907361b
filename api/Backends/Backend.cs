using Gateway.Configuration;
using Gateway.Engines;

namespace Gateway.Backends;

/// <summary>One engine kind behind the gateway, with one or more replicas that serve the same models.</summary>
internal sealed class Backend : IDisposable
{
    public Backend(string name, EngineProfile profile, IReadOnlyList<Uri> urls, GatewaySettings settings)
    {
        Name = name;
        Profile = profile;
        Deadlines = settings.Deadlines;
        ApiKey = settings.BackendApiKey;
        Replicas = [.. urls.Select((url, i) => new Replica(urls.Count == 1 ? name : FormattableString.Invariant($"{name}-{i + 1}"), EngineAddress.Parse(url)))];
        Client = UpstreamClient.Create(settings.Deadlines.Connect, TimeSpan.FromSeconds(profile.IdleConnectionSeconds));
    }

    public string Name { get; }

    public EngineProfile Profile { get; }

    public IReadOnlyList<Replica> Replicas { get; }

    public Deadlines Deadlines { get; }

    /// <summary>The engine's key, sent in the form of <see cref="EngineProfile.Auth"/>.</summary>
    public string? ApiKey { get; }

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
        if (ApiKey is { } key && Profile.Auth.Header is { } header)
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
