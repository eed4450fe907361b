using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Fakes;

/// <summary>How one engine speaks: its profile says where and how, its fixtures say what.</summary>
internal sealed class Dialect
{
    private readonly Route[] _routes;
    private readonly HashSet<string> _probes;

    private Dialect(EngineProfile profile, Fixtures fixtures)
    {
        Profile = profile;
        Fixtures = fixtures;
        _routes = [.. EndpointCatalog.All
            .Where(spec => !spec.AnsweredHere && profile.Endpoints[spec.Id].Served)
            .Select(spec => Route.Of(spec, profile.Endpoints[spec.Id].Path ?? spec.Route))
            .OrderBy(route => route.HasPlaceholder)];
        _probes = [profile.Health.Path, profile.Models.Path];
        Add(profile.Models.Length?.Path);
        Add(profile.Load.Path);
        foreach (var further in profile.Health.Further)
        {
            Add(further.Path);
        }

        ContainerCheck = profile.Deployment.Container?.HealthCheck.SelectMany(word => word.Split('\'', ' ')).FirstOrDefault(word => word.StartsWith("http://", StringComparison.Ordinal)) is { } check
            ? new Uri(check).AbsolutePath
            : null;
        Add(ContainerCheck);
    }

    /// <summary>What the container's own health check asks for; it is not always what the gateway asks.</summary>
    public string? ContainerCheck { get; }

    public EngineProfile Profile { get; }

    public Fixtures Fixtures { get; }

    /// <summary>Reads an engine's profile and fixtures.</summary>
    /// <param name="engineId">Its id in the engine table.</param>
    /// <param name="model">Another name for the first model of the fixtures; null keeps theirs.</param>
    public static Dialect Load(string engineId, string? model = null) => new(
        EngineCatalog.Find(engineId) ?? throw new ArgumentException($"There is no engine {engineId}.", nameof(engineId)),
        new Fixtures(engineId, model));

    /// <summary>The endpoint behind one of the engine's own paths.</summary>
    public EndpointSpec? Match(string method, string path) =>
        Array.Find(_routes, route => route.Fits(method, path))?.Spec;

    public bool IsProbe(string method, string path) => method == "GET" && _probes.Contains(path);

    /// <summary>Whether the engine asks for its key on a path.</summary>
    public bool IsGuarded(string path) =>
        Profile.Auth.Header is not null
        && (path != Profile.Health.Path || Profile.Health.SendsKey)
        && path != ContainerCheck
        && !Profile.Health.Further.Any(further => further.Path == path && !further.SendsKey)
        && (path != Profile.Load.Path || Profile.Load.SendsKey)
        && (path != Profile.Models.Length?.Path);

    /// <summary>The name of an endpoint's fixtures: its route below <c>/v1/</c>.</summary>
    public static string FixtureName(EndpointSpec spec) => spec.Id == EndpointId.ChatCompletions
        ? "chat"
        : string.Join('-', spec.Route["/v1/".Length..].Split('/').Select(part => part.Trim('{', '}', '*')));

    private void Add(string? path)
    {
        if (path is not null)
        {
            _probes.Add(path);
        }
    }

    private sealed record Route(EndpointSpec Spec, string[] Segments, bool Rest)
    {
        public bool HasPlaceholder => Rest || Segments.Any(IsPlaceholder);

        public static Route Of(EndpointSpec spec, string pattern)
        {
            var segments = pattern.Split('/');
            var rest = segments[^1].StartsWith("{**", StringComparison.Ordinal);
            return new Route(spec, rest ? segments[..^1] : segments, rest);
        }

        public bool Fits(string method, string path)
        {
            var segments = path.Split('/');
            return Spec.Methods.Contains(method)
                && (Rest ? segments.Length >= Segments.Length : segments.Length == Segments.Length)
                && Segments.Zip(segments).All(pair => IsPlaceholder(pair.First) ? pair.Second.Length > 0 : pair.First == pair.Second);
        }

        private static bool IsPlaceholder(string segment) => segment.StartsWith('{');
    }
}
