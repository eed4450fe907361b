using Gateway.ConsoleTests.Browser;
using Gateway.EndToEndTests;
using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests;

/// <summary>Coming in and going out: by the operator's key alone, which stays in its tab.</summary>
[Collection(Chromium.Collection)]
public sealed class SignInTests(Chromium chromium)
{
    [BrowserFact]
    public async Task SignIn_WrongKey_SaysWhichKeyItIs()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.OpenAsync(chromium, environment.Gateway);
        console.Expected.Add(401);

        await console.SignInAsync(RunningGateway.ClientKey);

        await Assertions.Expect(console.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("ADMIN_API_KEY");
        Assert.Equal("", await KeysKeptAsync(console));
    }

    [BrowserFact]
    public async Task SignIn_OperatorsKey_OpensAndIsKeptInTheTabOnly()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);

        Assert.Equal(ConsolePage.AdminKey, await KeysKeptAsync(console));
        Assert.DoesNotContain(ConsolePage.AdminKey, await console.Page.EvaluateAsync<string>("() => JSON.stringify(localStorage) + document.cookie + location.href"), StringComparison.Ordinal);
        await console.Page.ReloadAsync();
        await console.Page.Locator(".frame").WaitForAsync();
    }

    [BrowserFact]
    public async Task SignOut_ForgetsTheKey()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);

        await console.Button("Sign out").ClickAsync();

        await console.Page.GetByLabel("Operator’s key").WaitForAsync();
        Assert.Equal("", await KeysKeptAsync(console));
    }

    [BrowserFact]
    public async Task Page_KeyIsTakenNoMore_AsksForItAgain()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        console.Expected.Add(401);

        // The page that is gone to may be there for a moment or not at all.
        await console.Page.EvaluateAsync("() => { sessionStorage.setItem('console.admin-key', 'another'); location.hash = '#/models'; }");

        await console.Page.GetByLabel("Operator’s key").WaitForAsync();
    }

    private static Task<TestEnvironment> StartAsync() => TestEnvironment.StartAsync("vllm", ("ADMIN_API_KEY", ConsolePage.AdminKey));

    private static async Task<string> KeysKeptAsync(ConsolePage console) =>
        await console.Page.EvaluateAsync<string>("() => sessionStorage.getItem('console.admin-key') ?? ''");
}
