using System.Security.Cryptography.X509Certificates;

namespace Gateway.Fakes;

/// <summary>What a fake engine is started with.</summary>
internal sealed record FakeEngineOptions
{
    /// <summary>The engine it speaks like: an id of the engine table.</summary>
    public required string Dialect { get; init; }

    public string Host { get; init; } = "127.0.0.1";

    /// <summary>0 picks a free one.</summary>
    public int Port { get; init; }

    /// <summary>The key it asks for where the engine knows keys; null: none.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The name under which it serves the model of its fixtures; null: their own.</summary>
    public string? Model { get; init; }

    /// <summary>Makes it answer over TLS, with this certificate; null: without TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>A port on loopback that takes commands; null: none, the test has the object itself.</summary>
    public int? ControlPort { get; init; }
}
