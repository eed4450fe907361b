using System.Text;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Health;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Routing;
using Gateway.Tests.Backends;
using Xunit;

namespace Gateway.Tests.Routing;

/// <summary>Prompts that begin alike meet on one replica, for as long as that one is not busier than the others.</summary>
public sealed class PrefixAffinityTests : IDisposable
{
    private readonly Backend _backend = TestBackends.Of(EngineCatalog.Find("ollama")!, replicas: 3);
    private readonly ReplicaPicker _picker = new(new GatewaySettings { Backends = [] }, new Lifecycle(), TimeProvider.System, new Random(7));

    [Fact]
    public void Prefix_Conversation_KeepsItFromTurnToTurn()
    {
        const string First = """{"role":"system","content":"Be kind."},{"role":"user","content":[{"type":"text","text":"Hello {}"}]}""";

        var first = Of($$"""{"model":"m","messages":[{{First}}]}""");
        var second = Of($$"""{"messages":[{{First}},{"role":"assistant","content":"Hi"},{"role":"user","content":"Go on"}],"stream":true}""");

        Assert.NotEqual(0ul, first);
        Assert.Equal(first, second);
        Assert.NotEqual(first, Of("""{"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Bye"}]}"""));
    }

    [Theory]
    [InlineData("""{"messages":[]}""", true)]
    [InlineData("""{"messages":[{"content":"x","role":"user"}]}""", true)]
    [InlineData("""{"messages":[{"role":5}]}""", true)]
    [InlineData("""{"prompt":"Once upon a time"}""", true)]
    [InlineData("""{"input":["a","b"]}""", true)]
    [InlineData("""{"messages":"none","model":"m"}""", false)]
    [InlineData("""{"model":"m"}""", false)]
    public void Prefix_AnyBody_IsReadWithoutFault(string body, bool has) => Assert.Equal(has, Of(body) != 0);

    [Fact]
    public void Prefix_LongPrompts_DifferOnlyWhereTheyAreLookedAt()
    {
        var start = new string('a', 4000);
        Assert.Equal(Of($$"""{"prompt":"{{start}}b"}"""), Of($$"""{"prompt":"{{start}}c"}"""));
        var endless = new string('a', 40_000);
        Assert.Equal(Of($$"""{"messages":[{"role":"user","content":"{{endless}}b"}]}"""), Of($$"""{"messages":[{"role":"user","content":"{{endless}}c"}]}"""));
    }

    [Fact]
    public void Pick_SameBeginning_GoesToTheSameReplicaAndDifferentOnesSpread()
    {
        var homes = Enumerable.Range(1, 300).Select(i => Home(Prefix(i))).GroupBy(replica => replica).ToDictionary(group => group.Key, group => group.Count());

        Assert.Equal(3, homes.Count);
        Assert.All(homes.Values, count => Assert.InRange(count, 60, 140));
    }

    [Fact]
    public void Pick_AReplicaGoes_OnlyItsOwnPromptsMove()
    {
        var before = Enumerable.Range(1, 100).ToDictionary(i => i, i => Home(Prefix(i)));
        _backend.Replicas[1].Report(EngineState.Unreachable);

        Assert.All(before.Where(pair => pair.Value != _backend.Replicas[1]), pair => Assert.Equal(pair.Value, Home(Prefix(pair.Key))));
    }

    [Fact]
    public void Pick_HomeIsBusierThanTheOthers_YieldsToLoad()
    {
        var home = Home(Prefix(1));
        home.Enter();
        Assert.Equal(home, Home(Prefix(1)));
        home.Enter();
        home.Enter();

        Assert.NotEqual(home, _picker.Pick(_backend, [], prefix: Prefix(1)));
        foreach (var other in _backend.Replicas.Where(replica => replica != home))
        {
            other.Enter();
            other.Enter();
        }

        Assert.Equal(home, Home(Prefix(1)));
    }

    public void Dispose() => _backend.Dispose();

    private Replica Home(ulong prefix)
    {
        var home = _picker.Pick(_backend, [], prefix: prefix)!;
        Assert.All(Enumerable.Range(0, 5), _ => Assert.Equal(home, _picker.Pick(_backend, [], prefix: prefix)));
        return home;
    }

    private static ulong Prefix(int number) => PromptPrefix.Hash(Encoding.UTF8.GetBytes($"prompt {number}"));

    private static ulong Of(string body)
    {
        Assert.True(JsonMembers.TryParse(Encoding.UTF8.GetBytes(body), out var members, out _));
        return PromptPrefix.Of(members);
    }
}
