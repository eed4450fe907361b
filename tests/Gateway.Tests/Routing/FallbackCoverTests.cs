using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Routing;
using Gateway.Tests.Backends;
using Xunit;

namespace Gateway.Tests.Routing;

/// <summary>A backend is covered while a usable fallback answers for each of its models.</summary>
public sealed class FallbackCoverTests : IDisposable
{
    private readonly Backend _own = TestBackends.Of("vllm", "a", "b");
    private readonly Backend _other = TestBackends.Of("ollama", "c");

    public void Dispose()
    {
        _own.Dispose();
        _other.Dispose();
    }

    [Fact]
    public void Covers_EveryModelHasAUsableFallback_IsTrue() =>
        Assert.True(Cover(("a", "ollama"), ("b", "ollama")).Covers(_own));

    [Fact]
    public void Covers_ByWildcardOrAlias_IsTrue()
    {
        Assert.True(Cover(("*", "ollama")).Covers(_own));
        Assert.True(Cover(("a", "ollama"), ("gpt", "ollama")).Covers(_own));
    }

    [Fact]
    public void Covers_OneModelHasNone_IsFalse() => Assert.False(Cover(("a", "ollama")).Covers(_own));

    [Fact]
    public void Covers_FallbackIsTheBackendItself_IsFalse() => Assert.False(Cover(("a", "vllm"), ("b", "vllm")).Covers(_own));

    [Fact]
    public void Covers_FallbackIsDown_IsFalse()
    {
        _other.Replicas[0].Report(EngineState.Unreachable);

        Assert.False(Cover(("*", "ollama")).Covers(_own));
    }

    [Fact]
    public void Covers_NoModelIsKnown_IsFalse()
    {
        using var silent = TestBackends.Of(EngineCatalog.Find("tgi")!, replicas: 1);

        Assert.False(Cover(("*", "ollama")).Covers(silent));
    }

    private FallbackCover Cover(params (string Model, string Backend)[] fallbacks)
    {
        var settings = new GatewaySettings
        {
            Backends = [],
            ModelAliases = [SettingParsers.Alias("gpt=b")!],
            Fallbacks = fallbacks.ToDictionary(pair => pair.Model, pair => (IReadOnlyList<FallbackTarget>)[new FallbackTarget(pair.Backend)]),
        };
        return new FallbackCover(settings, new BackendTable([_own, _other]));
    }
}
