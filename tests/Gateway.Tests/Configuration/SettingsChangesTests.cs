using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>What an operator is told of a change: each thing that is different, by name, and no secret.</summary>
public sealed class SettingsChangesTests
{
    private static readonly BackendSettings A = new() { Name = "a", Kind = "vllm", Replicas = [new ReplicaSettings(new Uri("http://one:1"))] };
    private static readonly BackendSettings B = new() { Name = "b", Kind = "vllm", Replicas = [new ReplicaSettings(new Uri("http://two:1"))] };
    private static readonly GatewaySettings Before = new() { Backends = [A, B], ApiKeys = [Key("x", "secret-one"), Key("y", "secret-two")], ModelAliases = [new ModelAlias("n", "m")] };

    [Fact]
    public void Between_EqualSettingsReadTwice_IsNothing()
    {
        var again = new GatewaySettings
        {
            Backends = [A with { Replicas = [new ReplicaSettings(new Uri("http://one:1"))] }, B],
            ApiKeys = [Key("x", "secret-one"), Key("y", "secret-two")],
            ModelAliases = [new ModelAlias("n", "m")],
        };

        Assert.Empty(SettingsChanges.Between(Before, again, []));
    }

    [Fact]
    public void Between_Backends_NamesEachThatCameWentOrChanged()
    {
        var after = Before with { Backends = [B with { Replicas = [.. B.Replicas, .. A.Replicas] }, A with { Name = "c" }] };

        Assert.Equal(["backend a removed", "backend b changed, 1 → 2 replicas", "backend c added"], SettingsChanges.Between(Before, after, []));
        Assert.Equal(["order of the backends"], SettingsChanges.Between(Before, Before with { Backends = [B, A] }, []));
        Assert.Equal(["backend a changed"], SettingsChanges.Between(Before, Before with { Backends = [A with { ApiKey = "engine-secret" }, B] }, []));
    }

    [Fact]
    public void Between_Keys_NamesThemWithoutASecret()
    {
        var after = Before with { ApiKeys = [Key("x", "secret-three"), Key("z", "secret-four") with { Limits = new KeyLimits { MaxConcurrency = 1 } }] };

        Assert.Equal(["key y removed", "key x changed", "key z added"], SettingsChanges.Between(Before, after, []));
        Assert.Equal(["key x changed"], SettingsChanges.Between(Before, Before with { ApiKeys = [Key("x", "secret-one") with { Models = ["m"] }, Key("y", "secret-two")] }, []));
    }

    [Fact]
    public void Between_TheRest_SaysWhatWaitsForAStart()
    {
        var after = Before with { ModelAliases = [], Fallbacks = new Dictionary<string, IReadOnlyList<FallbackTarget>> { ["n"] = [new FallbackTarget("b")] }, MediaUrls = MediaUrls.Deny };

        Assert.Equal(["aliases", "fallbacks", "GATEWAY_MEDIA_URLS", "GATEWAY_PORT (from the next start)"], SettingsChanges.Between(Before, after, ["GATEWAY_PORT"]));
        Assert.Equal(["on_demand"], SettingsChanges.Between(Before, Before with { OnDemand = new OnDemandSettings { Slots = 2 } }, []));
        Assert.Equal(["defaults for backends"], SettingsChanges.Between(Before, Before with { BackendDefaults = A }, []));
    }

    private static ClientKey Key(string name, string key) => new(name, SettingParsers.Hash(key));
}
