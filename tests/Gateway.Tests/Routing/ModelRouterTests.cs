using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Backends;
using Gateway.Proxy.Models;
using Gateway.Proxy.Routing;
using Gateway.Tests.Backends;
using Gateway.Tests.ModelList;
using Xunit;

namespace Gateway.Tests.Routing;

/// <summary>Which backend a name leads to, and under which name it goes there.</summary>
public sealed class ModelRouterTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly List<Backend> _backends = [];
    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData("llama3.1:8b", "ollama", null)]
    [InlineData("org/model", "llamacpp", null)]
    // Of two backends that list it, the first.
    [InlineData("both", "ollama", null)]
    [InlineData("gpt-4o-mini", "ollama", "llama3.1:8b")]
    [InlineData("claude-3-opus", "llamacpp", "org/model")]
    [InlineData("claude-3-haiku-x", "ollama", "llama3.1:8b")]
    [InlineData("claude-", "llamacpp", "org/model")]
    // An exact alias comes before a pattern, and before a model of that very name.
    [InlineData("claude-exact", "ollama", "both")]
    [InlineData("hidden", "ollama", "llama3.1:8b")]
    public async Task Find_Name_LeadsToTheBackendThatListsIt(string model, string backend, string? sent)
    {
        var router = Router(Settings("gpt-4o-mini=llama3.1:8b", "claude-*=org/model", "claude-3-haiku*=llama3.1:8b", "claude-exact=both", "hidden=llama3.1:8b"), TestBackends.Of("ollama", "llama3.1:8b", "both"), TestBackends.Of("llamacpp", "org/model", "both", "hidden"));

        Assert.Equal((backend, sent), await FindAsync(router, model));
    }

    [Fact]
    public async Task Find_TwoBackendsListIt_TheOneThatCanAnswerTakesIt()
    {
        Backend first = TestBackends.Of("ollama", "both"), second = TestBackends.Of("llamacpp", "both");
        var router = Router(Settings(), first, second);

        second.Replicas[0].Report(EngineState.Ready);
        Assert.Equal(("llamacpp", null), await FindAsync(router, "both"));
        first.Replicas[0].Report(EngineState.Ready);
        Assert.Equal(("ollama", null), await FindAsync(router, "both"));
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("LLAMA3.1:8b")]
    [InlineData("llama3.1:8b ")]
    [InlineData("gone")]
    public async Task Find_NameThatNobodyLists_IsNotFound(string model)
    {
        var router = Router(Settings("gone=deleted"), TestBackends.Of("ollama", "llama3.1:8b"));

        Assert.Equal(("404 model_not_found", model), await FindAsync(router, model));
    }

    [Theory]
    [InlineData("unknown", "ollama", "main")]
    [InlineData("main", "ollama", null)]
    [InlineData("other", "llamacpp", null)]
    public async Task Find_UnknownModelDefault_IsServedByTheDefault(string model, string backend, string? sent)
    {
        var router = Router(Settings() with { ModelName = "main", UnknownModel = UnknownModel.Default }, TestBackends.Of("ollama", "main"), TestBackends.Of("llamacpp", "other"));

        Assert.Equal((backend, sent), await FindAsync(router, model));
    }

    // The engine may list a path where it was started with a name.
    [Fact]
    public async Task Find_TheModelItWasStartedWith_IsTakenWithoutBeingListed() =>
        Assert.Equal(("llamacpp", null), await FindAsync(Router(Settings() with { ModelName = "main" }, TestBackends.Of("llamacpp", "/models/main.gguf"), TestBackends.Of("ollama", "x")), "main"));

    [Theory]
    [InlineData("ollama", "anything", "ollama")]
    // An unlisted name would make this one fetch weights.
    [InlineData("localai", "anything", "404 model_not_found")]
    [InlineData("localai", "main", "localai")]
    public async Task Find_BeforeAnyListIsKnown_NoNameIsUnknown(string kind, string model, string expected)
    {
        using var backend = TestBackends.Of(EngineCatalog.Find(kind)!, replicas: 1);

        Assert.Equal(expected, (await FindAsync(Router(Settings() with { ModelName = "main" }, backend), model)).Where);
    }

    [Fact]
    public async Task Find_ListsNotReadYet_WaitsForTheOneThatListsIt()
    {
        Backend first = Unread("ollama"), second = Unread("llamacpp");
        var found = FindAsync(Router(Settings(), first, second), "m");
        Assert.False(found.IsCompleted);

        second.Models.Replace([new ListedModel("m")]);

        Assert.Equal(("llamacpp", null), await found.WaitAsync(Patience));
    }

    // No time passes: the engine that turns out to be away ends the wait.
    [Fact]
    public async Task Find_TheLastDueListDoesNotCome_EndsTheWaitWithoutTime()
    {
        Backend first = Unread("ollama"), second = Unread("llamacpp");
        second.Replicas[0].Report(EngineState.Loading);
        var found = FindAsync(Router(Settings(), first, second), "m");
        Assert.False(found.IsCompleted);

        first.Replicas[0].Report(EngineState.Unreachable);

        Assert.Equal(("ollama", null), await found.WaitAsync(Patience));
    }

    [Fact]
    public async Task Find_ListsThatDoNotCome_AreWaitedForOnlyShortly() =>
        Assert.Equal(("ollama", null), await MoveOnAsync(FindAsync(Router(Settings(), Unread("ollama"), Unread("llamacpp")), "m"), TimeSpan.FromSeconds(3)));

    [Fact]
    public async Task Find_EnginesThatAreAway_AreNotWaitedFor()
    {
        Backend first = Unread("ollama"), second = Unread("llamacpp");
        first.Replicas[0].Report(EngineState.Unreachable);
        second.Replicas[0].Report(EngineState.Loading);

        Assert.Equal(("ollama", null), await FindAsync(Router(Settings(), first, second), "m").WaitAsync(Patience));
    }

    [Fact]
    public async Task Find_EngineWhoseListCannotBeRead_IsWaitedForOnce()
    {
        Backend first = Unread("ollama"), second = Unread("llamacpp");
        first.Replicas[0].Report(EngineState.Unreachable);
        second.Replicas[0].Report(EngineState.Ready);
        var router = Router(Settings(), first, second);
        Assert.Equal(("ollama", null), await MoveOnAsync(FindAsync(router, "m"), TimeSpan.FromSeconds(3)));

        Assert.Equal(("ollama", null), await FindAsync(router, "m").WaitAsync(Patience));
    }

    [Fact]
    public async Task Find_ListsNotReadYet_GoesByTheSettingsAtOnce()
    {
        var named = TestBackends.Of(EngineCatalog.Find("llamacpp")!, replicas: 1, set: settings => settings with { Models = [new ModelAlias("short", "org/m")] });

        Assert.Equal(("llamacpp", null), await FindAsync(Router(Settings(), Unread("ollama"), named), "org/m").WaitAsync(Patience));
    }

    [Theory]
    [InlineData("big:cloud")]
    [InlineData("big-cloud")]
    [InlineData("big:CLOUD")]
    [InlineData("alias")]
    public async Task Find_NameThatLeadsOffThisNetwork_IsRefused(string model)
    {
        var unknown = TestBackends.Of(EngineCatalog.Find("ollama")!, replicas: 1);
        foreach (var backend in (Backend[])[unknown, TestBackends.Of("ollama", "big:cloud", "big-cloud", "big:CLOUD")])
        {
            Assert.Equal("404 model_not_found", (await FindAsync(Router(Settings("alias=big:cloud"), backend), model)).Where);
        }
    }

    [Fact]
    public async Task Find_EngineThatReadsNamesAsAdapters_IsSentItsOwnName()
    {
        var router = Router(Settings("alias=org/model"), TestBackends.Of("tgi", "org/model", "tgi"));

        Assert.Equal([("tgi", "tgi"), ("tgi", "tgi"), ("tgi", null)], [await FindAsync(router, "org/model"), await FindAsync(router, "alias"), await FindAsync(router, "tgi")]);
    }

    [Theory]
    [InlineData(null, "ollama", "main")]
    [InlineData("", "ollama", "main")]
    public async Task Find_NoName_TakesTheDefaultModelsBackend(string? model, string backend, string? sent)
    {
        var router = Router(Settings() with { ModelName = "main" }, TestBackends.Of("llamacpp", "other"), TestBackends.Of("ollama", "main"));

        Assert.Equal((backend, sent), await FindAsync(router, model));
    }

    [Theory]
    [InlineData(EndpointId.ChatCompletions, "ollama")]
    [InlineData(EndpointId.Tokenize, "llamacpp")]
    [InlineData(EndpointId.Batches, "ollama")]
    internal async Task Find_NoNameAndNoDefault_TakesTheFirstThatServesTheEndpoint(EndpointId endpoint, string backend)
    {
        var router = Router(Settings(), TestBackends.Of("ollama", "a"), TestBackends.Of("llamacpp", "b"));

        Assert.Equal((backend, null), await FindAsync(router, null, endpoint));
    }

    [Fact]
    public async Task Find_EndpointWithoutModel_RenamesNothing() =>
        Assert.Equal(("openai", null), await FindAsync(Router(Settings() with { ModelName = "main" }, TestBackends.Of("openai", "main")), null, EndpointId.Files));

    [Fact]
    public async Task Find_AliasOfAModelOfTheEngine_IsLeftToTheEngine()
    {
        var backend = TestBackends.Of("llamacpp");
        backend.Models.Replace([new ListedModel("/models/x.gguf", Aliases: ["x"])]);

        Assert.Equal(("llamacpp", null), await FindAsync(Router(Settings(), backend), "x"));
    }

    public void Dispose() => _backends.ForEach(backend => backend.Dispose());

    private static Backend Unread(string kind) => TestBackends.Of(EngineCatalog.Find(kind)!, replicas: 1);

    // The clock is moved on in steps, for as long as somebody waits for it.
    private async Task<T> MoveOnAsync<T>(Task<T> waiting, TimeSpan most)
    {
        for (var left = most; left > TimeSpan.Zero && !waiting.IsCompleted; left -= TimeSpan.FromMilliseconds(25))
        {
            SpinWait.SpinUntil(() => waiting.IsCompleted || _clock.Waiting > 0, Patience);
            _clock.Advance(TimeSpan.FromMilliseconds(25));
        }

        return await waiting.WaitAsync(Patience);
    }

    private static GatewaySettings Settings(params string[] aliases) =>
        new() { Backends = [], ModelAliases = [.. aliases.Select(alias => SettingParsers.Alias(alias)!)] };

    private ModelRouter Router(GatewaySettings settings, params Backend[] backends)
    {
        _backends.AddRange(backends);
        // None of them answers, so what is listed here stays.
        foreach (var backend in backends.Where(backend => backend.Models.Known))
        {
            backend.Replicas[0].Report(EngineState.Unreachable);
        }

        var table = new BackendTable(backends);
        return new ModelRouter(table, settings, new ModelDirectory(table, settings), TestModelLists.Of(_clock), _clock);
    }

    private static async Task<(string Where, string? Sent)> FindAsync(ModelRouter router, string? model, EndpointId endpoint = EndpointId.ChatCompletions)
    {
        var (route, error) = await router.FindAsync(EndpointCatalog.Find(endpoint), model, CancellationToken.None);
        return error is null ? (route.Backend.Name, route.SendModel) : ($"{error.Status} {error.Code}", error.Message.Split('\'')[1]);
    }
}
