using Xunit;

namespace Gateway.EndToEndTests.RealEngine;

/// <summary>One chat server and one embedding server for all tests of a class; neither is started where all of them are skipped.</summary>
public sealed class RealEngineFixture : IAsyncLifetime
{
    private LlamaServer? _chat;
    private LlamaServer? _embeddings;

    internal LlamaServer Chat => _chat!;

    internal LlamaServer Embeddings => _embeddings!;

    public async Task InitializeAsync()
    {
        if (RealEngineFiles.SkipReason is null)
        {
            _chat = await LlamaServer.StartAsync("-a", "tiny", "-c", "4096", "-np", "2");
            _embeddings = await LlamaServer.StartAsync("-a", "tiny-embed", "--embeddings", "--pooling", "mean");
        }
    }

    public Task DisposeAsync()
    {
        _chat?.Dispose();
        _embeddings?.Dispose();
        return Task.CompletedTask;
    }
}
