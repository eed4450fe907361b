using Gateway.Engines;
using Gateway.Proxy.Backends;
using Xunit;

namespace Gateway.Tests.Backends;

/// <summary>Where an engine's routes lie, however its URL was written.</summary>
public sealed class EngineAddressTests
{
    [Theory]
    [InlineData("http://a:8001", "http://a:8001/v1/chat/completions", "http://a:8001/health")]
    [InlineData("http://a:8001/", "http://a:8001/v1/chat/completions", "http://a:8001/health")]
    [InlineData("http://a:8001/v1", "http://a:8001/v1/chat/completions", "http://a:8001/health")]
    [InlineData("http://a:8001/v1/", "http://a:8001/v1/chat/completions", "http://a:8001/health")]
    [InlineData("http://a:8001/v1//", "http://a:8001/v1/chat/completions", "http://a:8001/health")]
    [InlineData("https://a/v3", "https://a/v3/chat/completions", "https://a/health")]
    [InlineData("https://a/openai/v1", "https://a/openai/v1/chat/completions", "https://a/openai/health")]
    [InlineData("https://a/tenant", "https://a/tenant/v1/chat/completions", "https://a/tenant/health")]
    [InlineData("https://a/v1beta", "https://a/v1beta/v1/chat/completions", "https://a/v1beta/health")]
    [InlineData("https://a/V1", "https://a/V1/v1/chat/completions", "https://a/V1/health")]
    [InlineData("https://a/v", "https://a/v/v1/chat/completions", "https://a/v/health")]
    [InlineData("http://v1", "http://v1/v1/chat/completions", "http://v1/health")]
    [InlineData("http://[::1]:80/v1", "http://[::1]/v1/chat/completions", "http://[::1]/health")]
    public void Join_Path_GoesBelowTheVersionOrBesideIt(string url, string api, string root)
    {
        var address = EngineAddress.Parse(new Uri(url));

        Assert.Equal(api, address.Join("/v1/chat/completions").AbsoluteUri);
        Assert.Equal(root, address.Join("/health").AbsoluteUri);
        Assert.Equal(api[..^"/chat/completions".Length], address.Api.AbsoluteUri);
    }

    [Theory]
    [InlineData("/v1/files/a.b-c_d:e", "?limit=1&after=a%20b", "http://a/v1/files/a.b-c_d:e?limit=1&after=a%20b")]
    [InlineData("/tokenize", "", "http://a/tokenize")]
    [InlineData("/", null, "http://a/")]
    public void Join_Query_IsKeptAsWritten(string path, string? query, string expected) =>
        Assert.Equal(expected, EngineAddress.Parse(new Uri("http://a/v1")).Join(path, query).AbsoluteUri);

    [Fact]
    public void BackendModels_List_FindsIdsBeforeAliases()
    {
        var models = new BackendModels();
        Assert.False(models.Known);

        models.Replace([new ListedModel("a", MaxLength: 1, Aliases: ["b", "c"]), new ListedModel("b", MaxLength: 2), new ListedModel("b", MaxLength: 3)]);

        Assert.True(models.Known);
        Assert.Equal([1, 2, 1, null, null], ((string[])["a", "b", "c", "d", "A"]).Select(name => models.Find(name)?.MaxLength));

        models.Replace([]);
        Assert.True(models.Known);
        Assert.Null(models.Find("a"));
    }

    [Fact]
    public void Backend_SeveralReplicas_AreInTheBestOfTheirStates()
    {
        using var backend = TestBackends.Of(EngineCatalog.Find("ollama")!, replicas: 2);
        Assert.Equal(["ollama-1", "ollama-2"], backend.Replicas.Select(replica => replica.Name));
        EngineState[] rising = [EngineState.Unreachable, EngineState.Asleep, EngineState.Pulling, EngineState.Starting, EngineState.Loading, EngineState.Draining, EngineState.Degraded, EngineState.Ready];
        foreach (var state in rising)
        {
            backend.Replicas[0].Report(EngineState.Absent);
            backend.Replicas[1].Report(state);
            Assert.Equal(state, backend.State);

            backend.Replicas[0].Report(EngineState.Ready);
            Assert.Equal(EngineState.Ready, backend.State);
        }
    }

    [Theory]
    [InlineData("Ready", true)]
    [InlineData("Degraded", true)]
    [InlineData("Loading", false)]
    [InlineData("Starting", false)]
    [InlineData("Draining", false)]
    [InlineData("Unreachable", false)]
    [InlineData("Absent", false)]
    [InlineData("Pulling", false)]
    [InlineData("Asleep", false)]
    public void Replica_Usable_IsWhatIsReadyOrUnknown(string state, bool expected)
    {
        using var backend = TestBackends.Of(EngineCatalog.Find("ollama")!, replicas: 1);
        var replica = backend.Replicas[0];
        Assert.True(replica.Usable);

        replica.Report(Enum.Parse<EngineState>(state));

        Assert.Equal(expected, replica.Usable);
        Assert.Equal(state == "Ready", replica.WasReady);
    }

    [Fact]
    public void Replica_TrafficMeetsARefusal_IsAwayAndLookedAt()
    {
        using var backend = TestBackends.Of("ollama");
        var changed = backend.Replicas[0].Suspected;

        backend.Replicas[0].ReportUnreachable();

        Assert.Equal((true, EngineState.Unreachable, true), (changed.IsCompleted, backend.State, backend.Replicas[0].WasReady));
        Assert.False(backend.Replicas[0].Suspected.IsCompleted);
    }
}
