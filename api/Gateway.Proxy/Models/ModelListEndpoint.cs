using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Pipeline;

namespace Gateway.Proxy.Models;

/// <summary><c>GET /v1/models</c> and <c>/v1/models/{id}</c>: every backend's models and the aliases, in one shape, from memory.</summary>
public sealed class ModelListEndpoint(BackendTable backends, GatewaySettings settings, ModelDirectory directory, TimeProvider clock)
{
    // Engines that do not know the time of a model give the time of the call: a constant keeps lists comparable.
    private readonly long _startedAt = clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Answers a request by its snapshot.</summary>
    internal static Task AnswerAsync(HttpContext context)
    {
        var feature = context.Proxy();
        var models = feature.Snapshot.Models;
        feature.Outcome = Outcome.Ok;
        return (EndpointPaths.TryGetModelId(context.Request.Path.Value!, out var id), feature.AnthropicCaller) switch
        {
            (true, var anthropic) => models.WriteOneAsync(context, id!, feature.Key, anthropic),
            (_, true) => AnthropicModelList.WriteAsync(context, models, feature.Key),
            _ => models.WriteListAsync(context, feature.Key),
        };
    }

    public Task WriteListAsync(HttpContext context, ClientKey? key) => context.Response.WriteJsonAsync(json =>
    {
        json.WriteStartObject();
        json.WriteString("object"u8, "list"u8);
        json.WriteObjects("data"u8, All(key), WriteMembers);
        json.WriteEndObject();
    });

    public Task WriteOneAsync(HttpContext context, string id, ClientKey? key, bool anthropic)
    {
        if (Find(id, key) is not { } entry)
        {
            return ErrorWriter.WriteAsync(context, GatewayError.ModelNotFound(id.Length > 512 ? id[..512] : id), anthropic);
        }

        return context.Response.WriteJsonAsync(json =>
        {
            if (anthropic)
            {
                AnthropicModelList.Write(json, entry, CreatedAt(entry));
                return;
            }

            json.WriteStartObject();
            WriteMembers(json, entry);
            json.WriteEndObject();
        });
    }

    /// <summary>Every name that requests may use, as <c>/v1/models</c> shows them to a key without limits.</summary>
    public IEnumerable<ModelEntry> All() => Entries().DistinctBy(entry => entry.Id);

    /// <summary>The names that requests with this key may use.</summary>
    public IEnumerable<ModelEntry> All(ClientKey? key) => Entries(key).DistinctBy(entry => entry.Id);

    /// <summary>The model of this name, in any spelling that a request with this key may use; null where there is none.</summary>
    public ModelEntry? Find(string id, ClientKey? key) =>
        Entries(key).FirstOrDefault(entry => entry.Id == id) ?? (key?.MayUse(id) == false ? null : directory.Find(id));

    /// <summary>When the model was made, or where its engine does not say so, when this gateway began.</summary>
    public DateTimeOffset CreatedAt(ModelEntry entry) =>
        DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(entry.Model.Created ?? _startedAt, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds()));

    private IEnumerable<ModelEntry> Entries(ClientKey? key) => key is null ? Entries() : Entries().Where(entry => key.MayUse(entry.Id));

    private IEnumerable<ModelEntry> Entries()
    {
        foreach (var backend in backends.All)
        {
            foreach (var model in backend.Models.All)
            {
                yield return new ModelEntry(model.Id, model, backend, null);
                foreach (var other in model.Aliases ?? [])
                {
                    yield return new ModelEntry(other, model, backend, null);
                }
            }
        }

        foreach (var backend in backends.All)
        {
            // The operator says that this backend has the model, so it is listed while the engine is away, too.
            foreach (var alias in backend.Settings.Models.Where(alias => !alias.IsPattern))
            {
                yield return new ModelEntry(alias.Name, backend.Models.Find(alias.Model) ?? new ListedModel(alias.Model), backend, alias.Model);
            }
        }

        foreach (var alias in settings.ModelAliases.Where(alias => !alias.IsPattern))
        {
            var name = directory.Resolve(alias.Name);
            var (backend, model) = directory.Own(name) is { } own ? (own.Backend, own.Model) : (directory.Listing(name), name);
            if (backend is not null)
            {
                yield return new ModelEntry(alias.Name, backend.Models.Find(model) ?? new ListedModel(model), backend, alias.Model);
            }
        }
    }

    private void WriteMembers(Utf8JsonWriter json, ModelEntry entry)
    {
        json.WriteString("id"u8, entry.Id);
        json.WriteString("object"u8, "model"u8);
        json.WriteNumber("created"u8, entry.Model.Created ?? _startedAt);
        json.WriteString("owned_by"u8, entry.Model.OwnedBy ?? entry.Backend.Profile.Models.OwnedBy);
        json.WriteOptional("max_model_len"u8, entry.Model.MaxLength);
        json.WriteOptional("alias_of"u8, entry.AliasOf);
        json.WriteOptional("status"u8, entry.Backend.State is EngineState.Ready or EngineState.Degraded ? null : "unavailable");
    }
}
