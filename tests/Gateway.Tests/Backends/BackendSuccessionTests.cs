using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Proxy.Backends;
using Xunit;

namespace Gateway.Tests.Backends;

/// <summary>What a backend takes over from the one before it, and when.</summary>
public sealed class BackendSuccessionTests
{
    private static readonly EngineProfile Profile = EngineCatalog.All[0];

    [Fact]
    public void Backend_SomeReplicasStay_TakesThemOverWithTheirState()
    {
        using var before = Of([One, Two]);
        before.Replicas[1].Report(EngineState.Ready);
        before.Replicas[1].Enter();
        before.Models.Replace([new ListedModel("m")]);

        using var after = Of([Two with { Weight = 3 }], before: before);
        Assert.Same(before.Replicas[1], after.Replicas[0]);
        Assert.Same(before.Models, after.Models);
        Assert.Same(before.Client, after.Client);
        Assert.Equal((before.Name + "-2", 1), (after.Replicas[0].Name, after.Replicas[0].Weight));

        after.Commit();
        Assert.Equal((before.Name, 3, 1), (after.Replicas[0].Name, after.Replicas[0].Weight, after.Replicas[0].InFlight));
    }

    [Fact]
    public void Backend_NoReplicaStays_BeginsAnew()
    {
        using var before = Of([One]);
        before.Models.Replace([new ListedModel("m")]);

        using var after = Of([Two], before: before);

        Assert.NotSame(before.Shared, after.Shared);
        Assert.False(after.Models.Known);
        Assert.False(after.Replicas[0].Seen);
    }

    [Fact]
    public void Backend_OtherConnectDeadline_HasConnectionsOfItsOwn()
    {
        using var before = Of([One]);
        using var after = Of([One], settings => settings with { Deadlines = new Deadlines { Connect = TimeSpan.FromSeconds(1) } }, before);

        Assert.NotSame(before.Client, after.Client);
        Assert.Same(before.Replicas[0], after.Replicas[0]);
    }

    [Fact]
    public void Backend_BreakerRules_DecideWhetherTheBreakerStays()
    {
        using var before = Of([One]);
        var breaker = before.Replicas[0].Breaker;

        using var same = Of([One], settings => settings with { Resilience = settings.Resilience with { Retries = 5 } }, before);
        same.Commit();
        Assert.Same(breaker, before.Replicas[0].Breaker);

        using var other = Of([One], settings => settings with { Resilience = settings.Resilience with { BreakerFailures = 9 } }, same);
        other.Commit();
        Assert.NotSame(breaker, before.Replicas[0].Breaker);
    }

    [Fact]
    public void Backend_OtherKey_IsLookedAtAtOnce()
    {
        using var before = Of([One]);
        var changed = before.Replicas[0].Suspected;

        using var after = Of([One], settings => settings with { ApiKey = "other" }, before);
        Assert.False(changed.IsCompleted);
        after.Commit();

        Assert.True(changed.IsCompleted);
    }

    [Fact]
    public async Task Dispose_WhileAnotherHolds_KeepsTheConnections()
    {
        var before = Of([One]);
        var after = Of([One], settings => settings with { ContextWindow = 1 }, before);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://127.0.0.1:9/");

        before.Dispose();
        await Assert.ThrowsAsync<HttpRequestException>(() => after.Client.SendAsync(request, CancellationToken.None));
        after.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => after.Client.SendAsync(request, CancellationToken.None));
    }

    private static ReplicaSettings One => new(new Uri("http://127.0.0.1:9/v1"));

    private static ReplicaSettings Two => new(new Uri("http://127.0.0.2:9/v1"));

    private static Backend Of(IReadOnlyList<ReplicaSettings> replicas, Func<BackendSettings, BackendSettings>? set = null, Backend? before = null)
    {
        var settings = new BackendSettings { Name = "a", Kind = Profile.Id, Replicas = replicas };
        return new Backend(set?.Invoke(settings) ?? settings, Profile, TimeProvider.System, before);
    }
}
