using System.Text.Json;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Telemetry;
using Polly;

namespace Gateway.Proxy.Models;

/// <summary>Reads every backend's model list in the background, so that <c>/v1/models</c> never waits for an engine.</summary>
/// <remarks>Models stay listed while their engine is away.</remarks>
public sealed partial class ModelListCache(ModelListClient client, TimeProvider clock, ILogger<ModelListCache> logger, Defects? defects = null)
    : SteadyService("model_lists", defects, clock)
{
    /// <summary>For one replica, with the repeats of what fails.</summary>
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private volatile IReadOnlyList<Backend> _backends = [];

    /// <summary>The backends whose lists are kept fresh: those that are in force.</summary>
    public void Follow(IReadOnlyList<Backend> backends) => _backends = backends;

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, Clock);
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(static tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default))
        {
            await Task.WhenAll(_backends.Where(backend => backend.State is EngineState.Ready or EngineState.Degraded).Select(backend => RefreshAsync(backend, stoppingToken)));
        }
    }

    /// <summary>Reads the list of one backend from the first of its replicas that answers. Never throws for an engine's fault.</summary>
    /// <returns>True when a list was read.</returns>
    public async Task<bool> RefreshAsync(Backend backend, CancellationToken cancellationToken)
    {
        foreach (var replica in backend.Replicas.Where(replica => replica.Usable))
        {
            // Each has its own time: a silent one must not use up that of the next.
            using var deadline = new CancellationTokenSource(Timeout, Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            try
            {
                backend.Models.Replace(await ReadAsync(backend, replica, either.Token), backend.Profile.Models.Spelling);
                backend.Models.Asked = true;
                return true;
            }
            catch (Exception e) when (IsEnginesFault(e))
            {
                Log.NotListed(logger, replica.Name, e.Message);
            }
#pragma warning disable CA1031 // An engine may answer anything, and what is read of it by its profile may fail in any way.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Report(e);
            }
        }

        backend.Models.Asked |= !cancellationToken.IsCancellationRequested;
        return false;
    }

    // An invalid operation is a text with half a surrogate pair in it.
    private static bool IsEnginesFault(Exception e) =>
        e is HttpRequestException or IOException or JsonException or OperationCanceledException or InvalidOperationException or ExecutionRejectedException;

    private async Task<IReadOnlyList<ListedModel>> ReadAsync(Backend backend, Replica replica, CancellationToken cancellationToken)
    {
        var listing = backend.Profile.Models;
        var root = await client.GetAsync(backend, replica, listing.Path, cancellationToken);
        var models = new List<ListedModel>();
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("data", out var data) || data.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
        {
            throw new JsonException("The answer is not a model list.");
        }

        foreach (var entry in data.ValueKind == JsonValueKind.Array ? data.EnumerateArray() : default)
        {
            if (listing.Read(entry) is { } model)
            {
                models.Add(model);
            }
        }

        return listing.Length is { } length && models.Count > 0
            ? await WithLengthAsync(backend, replica, length, models, cancellationToken)
            : models;
    }

    private async Task<IReadOnlyList<ListedModel>> WithLengthAsync(
        Backend backend, Replica replica, (string Path, Func<JsonElement, int?> Read) length, List<ListedModel> models, CancellationToken cancellationToken)
    {
        try
        {
            var tokens = length.Read(await client.GetAsync(backend, replica, length.Path, cancellationToken));
            return [.. models.Select(model => model with { MaxLength = model.MaxLength ?? tokens })];
        }
        catch (Exception e) when (IsEnginesFault(e) && e is not OperationCanceledException)
        {
            // Without the length, the models are still listed.
            return models;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The models of {Replica} could not be listed: {Reason}")]
        public static partial void NotListed(ILogger logger, string replica, string reason);
    }
}
