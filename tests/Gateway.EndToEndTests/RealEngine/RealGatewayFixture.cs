using System.ClientModel;
using OpenAI;
using Xunit;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>Gateways in front of real engines: one that chats slowly, one that makes vectors, one that chats fast; each behind the engines' key.</summary>
public sealed class RealGatewayFixture : IAsyncLifetime
{
    public const string EngineKey = "sk-engine-9b1f";
    public const string ChatModel = "tiny";
    public const string EmbeddingModel = "tiny-embed";

    private readonly List<LlamaServer> _servers = [];
    private readonly List<RunningGateway> _gateways = [];

    internal LlamaServer ChatServer => _servers[0];

    internal RunningGateway Chat => _gateways[0];

    internal RunningGateway Embeddings => _gateways[1];

    /// <summary>For long prompts, as those with tools are.</summary>
    internal RunningGateway FastChat => _gateways[2];

    public async Task InitializeAsync()
    {
        if (RealEngineFiles.SkipReason is not null)
        {
            return;
        }

        await StartAsync("-m", RealEngineFiles.SlowModel, "-a", ChatModel, "-c", "2048", "-np", "2");
        await StartAsync("-a", EmbeddingModel, "--embeddings", "--pooling", "mean");
        await StartAsync("-a", ChatModel, "-c", "2048", "-np", "2");
    }

    /// <summary>The official client, with this key.</summary>
    internal static OpenAIClient Client(RunningGateway gateway, string key = RunningGateway.ClientKey) => new(
        new ApiKeyCredential(key),
        new OpenAIClientOptions { Endpoint = new Uri(gateway.Url, "v1"), RetryPolicy = new System.ClientModel.Primitives.ClientRetryPolicy(0) });

    public async Task DisposeAsync()
    {
        foreach (var gateway in _gateways)
        {
            await gateway.DisposeAsync();
        }

        _servers.ForEach(server => server.Dispose());
    }

    private async Task StartAsync(params string[] arguments)
    {
        var server = await LlamaServer.StartAsync([.. arguments, "--api-key", EngineKey]);
        _servers.Add(server);
        var gateway = await RunningGateway.StartAsync(new Dictionary<string, string>
        {
            ["BACKEND_KIND"] = "llamacpp",
            ["BACKEND_BASE_URL"] = server.BaseUrl.ToString(),
            ["BACKEND_API_KEY"] = EngineKey,
        });
        _gateways.Add(gateway);
        await gateway.WaitForModelsAsync();
    }
}
