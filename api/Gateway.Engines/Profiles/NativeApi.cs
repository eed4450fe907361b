using System.Text.Json;

namespace Gateway.Engines;

/// <summary>Which of the gateway's models a route of an engine's own API is about.</summary>
public enum NativeScope
{
    None,

    /// <summary>All that the caller may use.</summary>
    All,

    /// <summary>Those of them whose engine can answer now.</summary>
    Running,

    /// <summary>The one that the body names.</summary>
    Named,
}

/// <summary>
/// The API that an engine has beside OpenAI's. Its clients, given the gateway's address, ask for these routes: a few are answered
/// from the gateway's own list of models, and the others say what to use instead. No request of them reaches an engine.
/// </summary>
public sealed record NativeApi
{
    public required IReadOnlyList<NativeRoute> Routes { get; init; }

    /// <summary>The members of a body that may name the model; the first that is there counts.</summary>
    public required IReadOnlyList<string> NameMembers { get; init; }

    /// <summary>What the caller is told on a route that is not served. A sentence.</summary>
    public required string Advice { get; init; }

    /// <summary>Writes an error in the API's own shape.</summary>
    public required Action<Utf8JsonWriter, string> WriteError { get; init; }

    /// <summary>The text for a body that names no model.</summary>
    public required string NoModel { get; init; }

    /// <summary>The text for a model that is not here.</summary>
    public required Func<string, string> NoSuchModel { get; init; }
}

/// <summary>One route of an engine's own API.</summary>
/// <param name="Path">The path; one that ends with a slash stands for everything below it.</param>
public sealed record NativeRoute(string Path)
{
    /// <summary>The methods of a route that is served.</summary>
    public IReadOnlyList<string> Methods { get; init; } = [];

    public NativeScope Scope { get; init; }

    /// <summary>Writes the answer; null: the route is not served, whatever the method.</summary>
    public Action<Utf8JsonWriter, IReadOnlyList<NativeModel>>? Write { get; init; }
}

/// <summary>What the gateway knows of a model.</summary>
/// <param name="Name">The name that requests use.</param>
/// <param name="Target">Its name at its engine.</param>
/// <param name="Created">When it was made, as <c>/v1/models</c> says it.</param>
/// <param name="MaxLength">Context length in tokens, or null where it is not known.</param>
public sealed record NativeModel(string Name, string Target, DateTime Created, int? MaxLength);
