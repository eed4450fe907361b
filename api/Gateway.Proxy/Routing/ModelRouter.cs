using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Models;

namespace Gateway.Proxy.Routing;

/// <summary>Where a request goes.</summary>
/// <param name="Backend">The backend that takes it.</param>
/// <param name="SendModel">The model's name for that engine; null leaves what the client wrote.</param>
public readonly record struct ModelRoute(Backend Backend, string? SendModel);

/// <summary>Finds the backend of a model: by alias, by what the backends list, by the default.</summary>
public sealed class ModelRouter(BackendTable backends, GatewaySettings settings, ModelDirectory directory, ModelListCache lists, TimeProvider clock)
{
    private static readonly TimeSpan RefreshPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstLists = TimeSpan.FromSeconds(2);

    private long _refreshedAt;

    /// <summary>Finds the backend.</summary>
    /// <param name="endpoint">What is asked.</param>
    /// <param name="model">The model's name as the client gave it; null when it gave none.</param>
    /// <param name="cancellationToken">The client leaves.</param>
    public async ValueTask<(ModelRoute Route, GatewayError? Error)> FindAsync(EndpointSpec endpoint, string? model, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(model))
        {
            return (Default(endpoint), null);
        }

        var name = directory.Resolve(model);
        if (directory.Own(name) is { } own)
        {
            return Route(own.Backend, own.Model, model);
        }

        // A list may arrive between the first search and the guess, which relies on it: so the lists are searched once more.
        var backend = directory.Listing(name) ?? await SearchListsAsync(name, cancellationToken) ?? directory.Guess(name) ?? directory.Listing(name);
        if (backend is null && settings.UnknownModel == UnknownModel.Default)
        {
            name = settings.ModelName!;
            backend = directory.Listing(name) ?? backends.All[0];
        }

        if (backend is null && Fallbacks(endpoint, model).FirstOrDefault() is { Backend: not null } instead)
        {
            return (instead, null);
        }

        return Route(backend, name, model);
    }

    /// <summary>The model's own backend, and what may answer in its place.</summary>
    public IReadOnlyList<ModelRoute> Targets(EndpointSpec endpoint, string? model, ModelRoute own) =>
        settings.Fallbacks.Count == 0 ? new ModelRoute[] { own } : WithFallbacks(endpoint, model, own);

    /// <summary>What may answer in a model's place, in order.</summary>
    /// <remarks>Backends that serve the endpoint, each with its own name for the model.</remarks>
    public IEnumerable<ModelRoute> Fallbacks(EndpointSpec endpoint, string? model)
    {
        foreach (var target in model is null ? [] : directory.Fallbacks(model))
        {
            var backend = backends.All.FirstOrDefault(backend => backend.Name == target.Backend);
            if (backend is not null && backend.Serves(endpoint))
            {
                yield return new ModelRoute(backend, SendAs(backend.Profile, target.Model ?? NameAt(backend, model!), model!));
            }
        }
    }

    private List<ModelRoute> WithFallbacks(EndpointSpec endpoint, string? model, ModelRoute own) =>
        [own, .. Fallbacks(endpoint, model).Where(fallback => fallback != own)];

    private static (ModelRoute Route, GatewayError? Error) Route(Backend? backend, string name, string asked) =>
        backend is null || ModelDirectory.IsRefused(backend.Profile, name)
            ? (default, GatewayError.ModelNotFound(asked))
            : (new ModelRoute(backend, SendAs(backend.Profile, name, asked)), null);

    private string NameAt(Backend backend, string model)
    {
        var name = directory.Resolve(model);
        return backend.Settings.Models.FirstOrDefault(alias => alias.Name == name)?.Model ?? name;
    }

    // Right after a start there is nothing to go by but the settings; the lists come within moments, and are better than a guess.
    private async ValueTask<Backend?> SearchListsAsync(string name, CancellationToken cancellationToken)
    {
        if (backends.All.Count > 1)
        {
            if (Configured(name) is { } configured)
            {
                return configured;
            }

            if (await WaitForFirstListsAsync(name, cancellationToken) is { } listing)
            {
                return listing;
            }
        }

        return await RefreshAsync(cancellationToken) ? directory.Listing(name) : null;
    }

    private async ValueTask<Backend?> WaitForFirstListsAsync(string name, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        while (FirstLists - clock.GetElapsedTime(start) is var left && left > TimeSpan.Zero)
        {
            // Taken before the lists are read, so that a change in between is not missed.
            Task changed = Task.WhenAny(backends.All.Select(static backend => backend.Shared.Changes.Next));
            if (directory.Listing(name) is { } listing)
            {
                return listing;
            }

            if (!backends.All.Any(static backend => backend.ListIsDue))
            {
                return null;
            }

            await changed.WaitAsync(left, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return null;
    }

    /// <summary>The first of those that have listed nothing yet whose settings name the model as its own.</summary>
    private Backend? Configured(string name) =>
        backends.All.FirstOrDefault(backend => !backend.Models.Known && backend.Settings.Models.Any(alias => alias.Model == name));

    private ModelRoute Default(EndpointSpec endpoint)
    {
        var backend = (settings.ModelName is { } name ? directory.Listing(name) : null)
            ?? backends.All.FirstOrDefault(backend => backend.Serves(endpoint))
            ?? backends.All[0];
        var send = endpoint.Model == ModelLocation.None ? null : settings.ModelName;
        return new ModelRoute(backend, send is null ? null : backend.Profile.Requests.SendModelAs ?? send);
    }

    private static string? SendAs(EngineProfile profile, string name, string asked)
    {
        var send = profile.Requests.SendModelAs ?? name;
        return send == asked ? null : send;
    }

    // A model may have been pulled a second ago. At most every two seconds, and only from usable engines.
    private async ValueTask<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetTimestamp();
        var last = Interlocked.Read(ref _refreshedAt);
        if ((last != 0 && clock.GetElapsedTime(last, now) < RefreshPause) || Interlocked.CompareExchange(ref _refreshedAt, now, last) != last)
        {
            return false;
        }

        var ready = backends.All.Where(backend => backend.State is EngineState.Ready or EngineState.Degraded);
        // A slow list is read on for the next request; this one does not wait for it.
        var reading = Task.WhenAll(ready.Select(backend => lists.RefreshAsync(backend, CancellationToken.None)));
        await reading.WaitAsync(FirstLists, clock, cancellationToken).ContinueWith(static _ => { }, cancellationToken, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return true;
    }
}
