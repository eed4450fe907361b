using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Reload;

/// <summary>What a change of settings does not concern goes on as if nothing had happened.</summary>
public sealed class ReloadKeepsTests
{
    [Fact]
    public async Task Reload_OfAnotherBackend_KeepsTheBreakerOpen()
    {
        const string Breaker = ", breaker: {failures: 2, pause: 3600}";
        await using var rig = await FileRig.StartAsync(2, engines => "backends:\n" + FileRig.Backend("ill", engines[0], Breaker) + FileRig.Backend("well", engines[1]));
        rig.Engines[0].Script.Always(Replies.Cut(reset: true));
        for (var i = 0; i < 3; i++)
        {
            using var failure = await rig.ChatAsync(rig.Model);
            Assert.Equal(HttpStatusCode.BadGateway, failure.StatusCode);
        }

        Assert.Equal("Open", await BreakerAsync(rig));
        await TakeAsync(rig, "backends:\n" + FileRig.Backend("ill", rig.Engines[0], Breaker) + FileRig.Backend("well", rig.Engines[1], ", retries: 1"));
        Assert.Equal("Open", await BreakerAsync(rig));

        // A change of the backend itself that says nothing of the breaker keeps it too; other rules for the breaker begin anew.
        await TakeAsync(rig, "backends:\n" + FileRig.Backend("ill", rig.Engines[0], Breaker + ", context_window: 4096"));
        Assert.Equal("Open", await BreakerAsync(rig));
        await TakeAsync(rig, "backends:\n" + FileRig.Backend("ill", rig.Engines[0], ", breaker: {failures: 3, pause: 3600}"));
        Assert.Equal("Closed", await BreakerAsync(rig));
    }

    [Fact]
    public async Task Reload_WhileItsPlacesAreTaken_TheLimitHoldsOverBoth()
    {
        await using var rig = await FileRig.StartAsync(1, engines => "backends:\n" + FileRig.Backend("a", engines[0], ", max_concurrency: 1"));
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Engines[0].Script.Next(Replies.After(gate.Task));
        var first = rig.ChatAsync(rig.Model);
        await rig.Engines[0].Requests.WaitForWorkAsync(Wait.Deadline);

        await TakeAsync(rig, "backends:\n" + FileRig.Backend("a", rig.Engines[0], ", max_concurrency: 1, retries: 1"));
        Assert.Equal(1, (await BackendAsync(rig)).GetProperty("replicas")[0].GetProperty("in_flight").GetInt32());
        using (var second = await rig.ChatAsync(rig.Model))
        {
            await Answers.AssertGatewayErrorAsync(second, 503, "overloaded");
        }

        await TakeAsync(rig, "backends:\n" + FileRig.Backend("a", rig.Engines[0], ", max_concurrency: 2"));
        using var third = await rig.ChatAsync(rig.Model);
        gate.SetResult();
        using var answer = await first;

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (answer.StatusCode, third.StatusCode));
    }

    [Fact]
    public async Task Reload_SameBackend_KeepsItsConnectionsAndAsksNothingAnew()
    {
        await using var rig = await FileRig.StartAsync(1, engines => "backends:\n" + FileRig.Backend("a", engines[0]));
        var backend = rig.Live.Current!.Backends.All[0];
        rig.Engines[0].Requests.Clear();

        for (var i = 0; i < 5; i++)
        {
            await TakeAsync(rig, "backends:\n" + FileRig.Backend("a", rig.Engines[0]) + $"aliases: {{a{i}: {rig.Model}}}\n");
        }

        Assert.Same(backend, rig.Live.Current!.Backends.All[0]);
        Assert.Equal("ready", await rig.Gateway.StateAsync());
        Assert.InRange(rig.Engines[0].Requests.All.Count, 0, 4);
    }

    [Fact]
    public async Task Backends_AddedByAPartOfTheGateway_ServeBesideThoseOfTheFile()
    {
        await using var rig = await FileRig.StartAsync(2, engines => "backends:\n" + FileRig.Backend("a", engines[0]));
        var added = new BackendSettings { Name = "installed", Kind = "vllm", Replicas = [new ReplicaSettings(rig.Engines[1].BaseUrl)], Models = [new ModelAlias("own", rig.Model)] };

        Assert.Empty(await rig.Live.SetBackendsAsync("engines", [added], CancellationToken.None));
        using (var answer = await rig.ChatAsync("own"))
        {
            Assert.Equal("installed", Assert.Single(answer.Headers.GetValues("x-gateway-backend")));
        }

        // It stays through a reload of the file, and its name is taken.
        await TakeAsync(rig, "backends:\n" + FileRig.Backend("a", rig.Engines[0], ", retries: 1"));
        Assert.Equal(["a", "installed"], rig.Live.Current!.Backends.All.Select(backend => backend.Name));
        Assert.Contains("A is the name of two backends", Assert.Single(await rig.Live.SetBackendsAsync("engines", [added with { Name = "A" }], CancellationToken.None)), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(["a", "installed"], rig.Live.Current!.Backends.All.Select(backend => backend.Name));

        Assert.Empty(await rig.Live.SetBackendsAsync("engines", [], CancellationToken.None));
        using var gone = await rig.ChatAsync("own");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
        Assert.Equal("engines", (await rig.ReloadsAsync())[0].GetProperty("trigger").GetString());
    }

    private static async Task TakeAsync(FileRig rig, string text)
    {
        await File.WriteAllTextAsync(rig.File, text);
        Assert.Empty(await rig.ReloadAsync());
    }

    private static async Task<JsonElement> BackendAsync(FileRig rig) => (await rig.Admin.GetFromJsonAsync<JsonElement>("/system-info")).GetProperty("backends")[0];

    private static async Task<string?> BreakerAsync(FileRig rig) => (await BackendAsync(rig)).GetProperty("replicas")[0].GetProperty("breaker").GetString();
}
