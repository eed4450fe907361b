using Gateway.ConsoleTests.Browser;
using Gateway.EndToEndTests;
using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests;

/// <summary>A console of which the browser could not load every part.</summary>
[Collection(Chromium.Collection)]
public sealed class LoadTests(Chromium chromium)
{
    [BrowserTheory]
    [InlineData("**/js/app.js")]
    [InlineData("**/js/frame.js")]
    [InlineData("**/css/layout.css")]
    public async Task Load_PartFailsOnce_IsLoadedAgain(string part)
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.OpenAsync(chromium, environment.Gateway);
        console.ExpectsNobody = true;
        await FailAsync(console, part, times: 1);

        await console.Page.ReloadAsync();

        await Assertions.Expect(console.Page.GetByLabel("Operator’s key")).ToBeVisibleAsync();
        await console.Page.WaitForFunctionAsync("() => sessionStorage.getItem('console.loads') === '0'");
        await Assertions.Expect(console.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task Load_PartFailsAlways_IsToldAndReloadingStops()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.OpenAsync(chromium, environment.Gateway);
        console.ExpectsNobody = true;
        await FailAsync(console, "**/js/frame.js", times: int.MaxValue);

        await console.Page.ReloadAsync();

        await Assertions.Expect(console.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("could not be loaded");
    }

    [BrowserFact]
    public async Task Read_FailsOnce_IsSentAgain()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        console.ExpectsNobody = true;
        await FailAsync(console, "**/v1/models*", times: 1);
        await FailAsync(console, "**/stats*", times: 1);

        await console.GoAsync("models");

        await console.Row(environment.Engine.Model).First.WaitForAsync();
        await Assertions.Expect(console.Page.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }

    private static Task<TestEnvironment> StartAsync() => TestEnvironment.StartAsync("vllm", ("ADMIN_API_KEY", ConsolePage.AdminKey));

    private static async Task FailAsync(ConsolePage console, string url, int times) =>
        await console.Page.RouteAsync(url, route => route.AbortAsync("failed"), new() { Times = times });
}
