using System.Globalization;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Models;

namespace Gateway.Commands.Doctor;

/// <summary>Whether an engine answers, in which state it is, and whether it serves the model that is asked of it.</summary>
internal static class EngineCheck
{
    private const int ShownModels = 5;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    public static async IAsyncEnumerable<Finding> LookAsync(GatewaySettings settings, BackendSettings backend, bool inContainer)
    {
        var profile = EngineCatalog.Find(backend.Kind);
        if (profile is { Demonstration: true })
        {
            yield return Finding.Ok("engine", "The built-in demo answers. It is no model.");
            yield break;
        }

        if (profile is null && await DetectAsync(settings) is { } found)
        {
            yield return Finding.Ok("engine", $"{found.Profile.DisplayName} was found at {found.BaseUrl}. Set BACKEND_KIND={found.Profile.Id} to keep to it.");
            profile = found.Profile;
            backend = backend with { Name = profile.Id, Kind = profile.Id, Replicas = [new ReplicaSettings(found.BaseUrl)] };
        }

        if (profile is null)
        {
            yield return Finding.Warn("engine", "None was found on this host: the built-in demo would answer, which is no model.", "Start an engine, or set BACKEND_KIND and BACKEND_BASE_URL to one.");
            yield break;
        }

        using var engine = new Backend(backend, profile, TimeProvider.System);
        foreach (var replica in engine.Replicas)
        {
            replica.Report(await new EngineProber(TimeProvider.System).ProbeAsync(engine, replica, CancellationToken.None));
            yield return State(engine, replica, ContainerNames.Note(replica.Address.Api, inContainer));
        }

        if (engine.State is EngineState.Ready or EngineState.Degraded)
        {
            yield return await ModelsAsync(settings, engine);
        }
    }

    private static async Task<DetectedEngine?> DetectAsync(GatewaySettings settings)
    {
        using var client = UpstreamClient.Create(Timeout, Timeout);
        return await new EngineDetector(EngineCatalog.All, client, TimeProvider.System, settings.Port).FindAsync(CancellationToken.None);
    }

    private static Finding State(Backend engine, Replica replica, string? place)
    {
        var subject = $"engine {replica.Name}";
        var what = $"{engine.Profile.DisplayName} at {replica.Address.Api}";
        // In the words that /ready has for it.
        var trouble = replica.Trouble is { } known ? $"{engine.Profile.DisplayName}: {known}." : $"{what} does not answer.";
        return replica.State switch
        {
            EngineState.Ready => Finding.Ok(subject, $"{what} is ready."),
            // A name that only containers know says nothing against the settings of one.
            EngineState.Absent when place is not null => Finding.Warn(subject, trouble, $"{place} Once it runs, make doctor asks from inside. Without containers, set BACKEND_BASE_URL to where the engine runs."),
            EngineState.Absent => Finding.Fail(subject, trouble, "Mend BACKEND_BASE_URL. Names of containers are known only inside their network."),
            EngineState.Starting => Finding.Fail(subject, trouble, place ?? "Start it, wait if it is reading its weights, or set BACKEND_BASE_URL to where it runs."),
            EngineState.Loading or EngineState.Pulling => Finding.Warn(subject, $"{what} is loading its model.", "Wait; GET /ready of the gateway tells when it is done."),
            EngineState.Unreachable => Finding.Fail(subject, trouble, place ?? "Start it, look at its log, or set BACKEND_BASE_URL to where it runs."),
            EngineState.Asleep => Finding.Fail(subject, $"{what} is asleep: it was put to sleep or paused, and would keep every request waiting.", "Wake it up, or have its generation resumed."),
            EngineState.Degraded or EngineState.Draining => Finding.Warn(subject, $"{what} answers, but not as a healthy {engine.Profile.DisplayName} does.", "Look at its log, and whether BACKEND_KIND is right."),
            _ => throw new InvalidOperationException($"{replica.State} has no finding."),
        };
    }

    private static async Task<Finding> ModelsAsync(GatewaySettings settings, Backend engine)
    {
        var subject = $"models {engine.Name}";
        await using var services = new ServiceCollection().AddSingleton(TimeProvider.System).AddModelLists().BuildServiceProvider();
        if (!await services.GetRequiredService<ModelListCache>().RefreshAsync(engine, CancellationToken.None))
        {
            return Finding.Fail(subject, "The engine does not list its models.", "Most often it wants another key: BACKEND_API_KEY. Or BACKEND_KIND and BACKEND_BASE_URL are not of the same engine.");
        }

        var names = string.Join(", ", engine.Models.All.Take(ShownModels).Select(model => model.Id));
        var more = engine.Models.All.Count > ShownModels ? string.Create(CultureInfo.InvariantCulture, $" and {engine.Models.All.Count - ShownModels} more") : "";
        if (names.Length == 0)
        {
            return Finding.Fail(subject, "The engine has no model.", $"{engine.Profile.DisplayName} takes: {engine.Profile.Deployment.ModelName}");
        }

        return settings.ModelName is { } wanted && settings.File is null && engine.Models.Find(wanted) is null
            ? Finding.Warn(subject, $"MODEL_NAME={wanted} is not among them: {names}{more}.", $"Set MODEL_NAME to one of them, or see to it that the engine has it. {engine.Profile.Deployment.ModelName}")
            : Finding.Ok(subject, $"It serves {names}{more}.");
    }
}
