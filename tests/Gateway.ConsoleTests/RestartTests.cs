using Gateway.ConsoleTests.Browser;
using Gateway.EndToEndTests.Faults;
using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests;

/// <summary>A gateway that goes and comes back while somebody looks at its console.</summary>
[Collection(Chromium.Collection)]
public sealed class RestartTests(Chromium chromium)
{
    // Longer than the longest pause between two tries of the console.
    private const float Long = 60_000;

    [BrowserFact]
    public async Task Gateway_KilledAndStartedAgain_IsToldAndThePageGoesOn()
    {
        using var gateway = await GatewayProcess.StartAsync(new Dictionary<string, string> { ["BACKEND_KIND"] = "demo", ["ADMIN_API_KEY"] = ConsolePage.AdminKey });
        await using var console = await ConsolePage.SignInAsync(chromium, gateway.Url);
        var pulse = console.Page.Locator(".pulse");
        await Assertions.Expect(pulse).ToHaveTextAsync("Live");
        await console.Page.EvaluateAsync("() => { window.neverReloaded = true; }");

        console.ExpectsNobody = true;
        await gateway.KillAsync();
        await Assertions.Expect(pulse).ToHaveTextAsync("Not reachable", new() { Timeout = Long });
        await Assertions.Expect(console.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The gateway does not answer.");
        await Assertions.Expect(console.Page.Locator(".tiles")).ToBeVisibleAsync();

        await gateway.StartAgainAsync();
        await Assertions.Expect(pulse).ToHaveTextAsync("Live", new() { Timeout = Long });
        await Assertions.Expect(console.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
        Assert.True(await console.Page.EvaluateAsync<bool>("() => window.neverReloaded"));
        await console.GoAsync("models");
        await console.Row("demo").First.WaitForAsync();
    }
}
