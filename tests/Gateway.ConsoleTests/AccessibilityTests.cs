using Gateway.ConsoleTests.Browser;
using Gateway.EndToEndTests;
using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests;

/// <summary>Every page for everybody: named controls, enough contrast, the keyboard alone, a phone's width, light and dark.</summary>
[Collection(Chromium.Collection)]
public sealed class AccessibilityTests(Chromium chromium)
{
    private static readonly string[] Pages = ["overview", "models", "keys", "matrix", "try", "backends", "nodes", "audit"];

    [BrowserTheory]
    [InlineData(1280, ColorScheme.Light)]
    [InlineData(1280, ColorScheme.Dark)]
    [InlineData(360, ColorScheme.Light)]
    [InlineData(360, ColorScheme.Dark)]
    public async Task Pages_EachOne_IsForEverybody(int width, ColorScheme theme)
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.OpenAsync(chromium, environment.Gateway, new View(width, 800, theme));
        console.Expected.Add(404);
        await console.Page.GetByLabel("Operator’s key").WaitForAsync();
        Assert.Empty(await console.AuditAsync());
        await console.SignInAsync(ConsolePage.AdminKey);

        foreach (var page in Pages)
        {
            await console.GoAsync(page);
            await Assertions.Expect(console.Page.Locator("#main .bones:visible")).ToHaveCountAsync(0);
            var faults = await console.AuditAsync();
            Assert.True(faults.Count == 0, $"{page}: {string.Join('\n', faults)}");
            Assert.False(await console.OverflowsAsync(), $"{page} is wider than {width} pixels.");
        }
    }

    [BrowserFact]
    public async Task Theme_Chosen_HoldsOverAReload()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway, new View(Theme: ColorScheme.Dark));
        var dark = await GroundAsync(console);

        await console.Button("Colours: As the system").ClickAsync();
        var light = await GroundAsync(console);
        await console.Page.ReloadAsync();
        await console.Page.Locator(".frame").WaitForAsync();

        Assert.NotEqual(dark, light);
        Assert.Equal(light, await GroundAsync(console));
    }

    [BrowserFact]
    public async Task Keyboard_Alone_SignsInFindsAModelAndAsksIt()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.OpenAsync(chromium, environment.Gateway);
        var keyboard = console.Page.Keyboard;
        await Assertions.Expect(console.Page.GetByLabel("Operator’s key")).ToBeFocusedAsync();
        await keyboard.TypeAsync(ConsolePage.AdminKey);
        await keyboard.PressAsync("Enter");
        await console.Page.Locator(".frame").WaitForAsync();

        await TabToAsync(console, "Models");
        await keyboard.PressAsync("Enter");
        await console.Row(environment.Engine.Model).WaitForAsync();
        await TabToAsync(console, $"Try {environment.Engine.Model}");
        await keyboard.PressAsync("Enter");
        await Assertions.Expect(console.Page.GetByLabel("Client key")).ToBeVisibleAsync();
        await TabToAsync(console, "Client key");
        await keyboard.TypeAsync(RunningGateway.ClientKey);
        await TabToAsync(console, "Your message", backwards: true);
        await keyboard.TypeAsync("Hello!");
        await keyboard.PressAsync("Enter");

        await Assertions.Expect(console.Page.Locator(".turn-figures")).ToContainTextAsync("in all");
    }

    [BrowserFact]
    public async Task Keyboard_Matrix_ArrowsWalkOverTheCells()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        await console.GoAsync("matrix");
        var cells = console.Page.Locator(".matrix .cell");
        await cells.First.FocusAsync();

        await console.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(cells.Nth(1)).ToBeFocusedAsync();
        await console.Page.Keyboard.PressAsync("Home");
        await Assertions.Expect(cells.First).ToBeFocusedAsync();
        Assert.Equal(1, await console.Page.Locator(".matrix .cell[tabindex='0']").CountAsync());
    }

    [BrowserFact]
    public async Task Focus_EveryStop_IsSeen()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        await console.Page.Locator(".chart").First.WaitForAsync();

        for (var i = 0; i < 14; i++)
        {
            await console.Page.Keyboard.PressAsync("Tab");
            var outline = await console.Page.EvaluateAsync<string>("() => { const s = getComputedStyle(document.activeElement); return `${s.outlineStyle} ${s.outlineWidth}`; }");
            Assert.Equal("solid 2px", outline);
        }
    }

    [BrowserFact]
    public async Task Phone_Menu_OpensAndCloses()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway, new View(360, 740));

        await console.Button("Menu").ClickAsync();
        await console.Page.GetByRole(AriaRole.Link, new() { Name = "Models" }).ClickAsync();

        await Assertions.Expect(console.Page.Locator("h1")).ToHaveTextAsync("Models");
        await Assertions.Expect(console.Page.GetByRole(AriaRole.Link, new() { Name = "Overview" })).ToBeHiddenAsync();
    }

    [BrowserFact]
    public async Task Phone_MenuByKeyboardWithMotion_TakesAndGivesBackTheFocus()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway, new View(360, 740, Motion: ReducedMotion.NoPreference));
        await console.Button("Menu").FocusAsync();

        await console.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(console.Page.GetByRole(AriaRole.Link, new() { Name = "Overview" })).ToBeFocusedAsync();
        await console.Page.Keyboard.PressAsync("Escape");

        await Assertions.Expect(console.Button("Menu")).ToBeFocusedAsync();
    }

    private static Task<TestEnvironment> StartAsync() => TestEnvironment.StartAsync("vllm", ("ADMIN_API_KEY", ConsolePage.AdminKey));

    private static Task<string> GroundAsync(ConsolePage console) => console.Page.EvaluateAsync<string>("() => getComputedStyle(document.documentElement).backgroundColor");

    /// <summary>Presses Tab until the control of that name has the focus.</summary>
    private static async Task TabToAsync(ConsolePage console, string name, bool backwards = false)
    {
        const string Name = "() => { const e = document.activeElement; return e.getAttribute('aria-label') ?? (e.labels?.[0] ?? e).textContent.trim(); }";
        for (var i = 0; i < 60; i++)
        {
            await console.Page.Keyboard.PressAsync(backwards ? "Shift+Tab" : "Tab");
            if (await console.Page.EvaluateAsync<string>(Name) == name)
            {
                return;
            }
        }

        Assert.Fail($"The Tab key does not lead to {name}.");
    }
}
