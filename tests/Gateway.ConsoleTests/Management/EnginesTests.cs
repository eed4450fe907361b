using Gateway.ConsoleTests.Browser;
using Gateway.EndToEndTests;
using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests.Management;

/// <summary>Engines from the browser: installed, asked, upgraded, rolled back and removed on the real Docker Engine.</summary>
[Collection(Chromium.Collection)]
public sealed class EnginesTests(Chromium chromium)
{
    private const float Long = 60_000;

    [DockerBrowserFact]
    public async Task Engine_BrokenUpgradeWhileAStreamRuns_ComesBackByItselfAndTheStreamEndsWhole()
    {
        await using var site = await ManagedSite.StartAsync();
        var broken = await site.ImageAsync("v2", "broken");
        var better = await site.ImageAsync("v3");
        await using var console = await ConsolePage.SignInAsync(chromium, site.Gateway);
        await InstallAsync(console);

        await using (var asking = await ConsolePage.SignInAsync(chromium, site.Gateway))
        {
            await StreamAsync(asking, tokens: 40);
            await UpgradeAsync(console, broken);
            await Assertions.Expect(Toast(console, "Upgrade tiny:")).ToBeVisibleAsync(new() { Timeout = Long });
            await Assertions.Expect(Card(console, "tiny")).ToContainTextAsync("Ready", new() { Timeout = Long });

            var answer = asking.Page.Locator(".turn-model");
            await Assertions.Expect(answer.Locator(".turn-figures")).ToContainTextAsync("in all", new() { Timeout = Long });
            Assert.Equal(40, Count(await answer.Locator(".turn-text").Last.InnerTextAsync(), "v1"));
            Assert.Equal(0, await answer.GetByRole(AriaRole.Alert).CountAsync());
        }

        await console.Page.Locator(".toast").GetByRole(AriaRole.Button).First.ClickAsync();
        await UpgradeAsync(console, better);
        await Assertions.Expect(Toast(console, "Upgrade tiny: done.")).ToBeVisibleAsync(new() { Timeout = Long });
        await console.Button("Roll back tiny").ClickAsync();
        await console.Button("Roll back").ClickAsync();
        await Assertions.Expect(Toast(console, "Roll back tiny: done.")).ToBeVisibleAsync(new() { Timeout = Long });
        await SeeInAuditAsync(console);
    }

    [DockerBrowserFact]
    public async Task Engine_StoppedStartedReadAndDeleted_DoesSo()
    {
        await using var site = await ManagedSite.StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, site.Gateway);
        await InstallAsync(console);

        await console.Button("Logs of tiny").ClickAsync();
        await Assertions.Expect(console.Page.GetByRole(AriaRole.Log)).ToContainTextAsync("tiny engine v1 begins");
        await console.Page.Keyboard.PressAsync("Escape");
        await console.Button("Stop tiny").ClickAsync();
        await console.Button("Stop").ClickAsync();
        await Assertions.Expect(Toast(console, "Stop tiny: done.")).ToBeVisibleAsync(new() { Timeout = Long });
        await console.Button("Start tiny").ClickAsync();
        await Assertions.Expect(Toast(console, "Start tiny: done.")).ToBeVisibleAsync(new() { Timeout = Long });
        await Assertions.Expect(Card(console, "tiny")).ToContainTextAsync("Ready", new() { Timeout = Long });
        await console.Button("Delete tiny").ClickAsync();
        await console.Button("Cancel").ClickAsync();
        await Assertions.Expect(console.Button("Delete tiny")).ToBeFocusedAsync();
        await console.Button("Delete tiny").ClickAsync();
        await console.Button("Delete").ClickAsync();

        await Assertions.Expect(Toast(console, "Delete tiny: done.")).ToBeVisibleAsync(new() { Timeout = Long });
        await Assertions.Expect(console.Button("Install tiny")).ToBeEnabledAsync();
    }

    [DockerBrowserFact]
    public async Task Install_ThatIsCancelled_LeavesNothing()
    {
        await using var site = await ManagedSite.StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, site.Gateway);
        await console.GoAsync("backends");

        await console.Button("Install never-ready").ClickAsync();
        await console.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Install" }).ClickAsync();
        await Assertions.Expect(console.Page.GetByRole(AriaRole.Progressbar)).ToBeVisibleAsync(new() { Timeout = Long });
        await console.Button("Cancel: Install never-ready").ClickAsync();

        await Assertions.Expect(Toast(console, "cancelled")).ToBeVisibleAsync(new() { Timeout = Long });
        await Assertions.Expect(console.Button("Install never-ready")).ToBeEnabledAsync();
    }

    [DockerBrowserFact]
    public async Task Cards_SearchAndFilters_LeaveWhatFitsAndTextsAreTexts()
    {
        await using var site = await ManagedSite.StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, site.Gateway);
        await console.GoAsync("backends");
        await Assertions.Expect(Card(console, "tiny")).ToContainTextAsync(ManagedSite.HostileText);
        Assert.Equal(0, await console.Page.Locator("#main img, #main a[href^='javascript']").CountAsync());
        await Assertions.Expect(console.Page.Locator("#main .notice").Filter(new() { HasText = "Gallery " }).First).ToBeVisibleAsync();

        await console.Page.GetByLabel("Search engines").FillAsync("loads for ever");
        await Assertions.Expect(console.Page.Locator(".engine-card")).ToHaveCountAsync(1);
        await console.Page.GetByLabel("Search engines").FillAsync("");
        await console.Button("tests").ClickAsync();
        await Assertions.Expect(console.Page.Locator(".engine-card")).ToHaveCountAsync(2);
        await console.Button("Installed").ClickAsync();
        await Assertions.Expect(console.Page.Locator("#main")).ToContainTextAsync("No matching engine");

        await console.GoAsync("nodes");
        await Assertions.Expect(console.Page.Locator(".engine-card")).ToContainTextAsync("Online");
    }

    [DockerBrowserFact]
    public async Task Cards_OnlyWatched_CannotBeChanged()
    {
        await using var site = await ManagedSite.StartAsync("read");
        await using var console = await ConsolePage.SignInAsync(chromium, site.Gateway);
        await console.GoAsync("backends");

        await Assertions.Expect(console.Page.Locator("#main")).ToContainTextAsync("Engine management is read-only.");
        await Assertions.Expect(console.Button("Install tiny")).ToBeDisabledAsync();
    }

    [DockerBrowserFact]
    public async Task Scene_EngineBeingInstalled_LooksAsItShould()
    {
        await using var site = await ManagedSite.StartAsync("on", static (ready, slow) => $"""
            - {Offer("chat-small", "A small model for everyday questions.", ready, "Qwen/Qwen3-0.6B")}
            - {Offer("chat-large", "The model for hard questions; it takes a while to load.", slow, "Qwen/Qwen3-32B")}
            """);
        await using var console = await ConsolePage.SignInAsync(chromium, site.Gateway, new View(Height: 1000));
        await InstallAsync(console, "chat-small");
        await console.Button("Install chat-large").ClickAsync();
        await console.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Install" }).ClickAsync();
        await Assertions.Expect(Card(console, "chat-large").Locator(".job")).ToContainTextAsync("not ready yet", new() { Timeout = Long });

        await Pictures.TakeAsync(console, "backends");
        Assert.Empty(await console.AuditAsync());
        await console.Button("Cancel: Install chat-large").ClickAsync();
        await Assertions.Expect(Toast(console, "cancelled")).ToBeVisibleAsync(new() { Timeout = Long });

        static string Offer(string name, string text, string image, string model) =>
            $"{{name: {name}, description: '{text}', uri: '{image}', kind: vllm, accelerator: cpu, model: {model}, tags: [chat], license: Apache-2.0}}";
    }

    private static ILocator Card(ConsolePage console, string name) =>
        console.Page.Locator(".engine-card").Filter(new() { Has = console.Page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true }) }).First;

    private static ILocator Toast(ConsolePage console, string text) => console.Page.Locator(".toast").Filter(new() { HasText = text }).First;

    private static async Task InstallAsync(ConsolePage console, string name = "tiny")
    {
        await console.GoAsync("backends");
        await console.Button($"Install {name}").ClickAsync();
        await console.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Install" }).ClickAsync();
        await Assertions.Expect(Toast(console, $"Install {name}: done.")).ToBeVisibleAsync(new() { Timeout = Long });
        await Assertions.Expect(Card(console, name)).ToContainTextAsync("Ready", new() { Timeout = Long });
    }

    private static async Task UpgradeAsync(ConsolePage console, string image)
    {
        await console.Button("Upgrade tiny").ClickAsync();
        await console.Page.GetByLabel("Another version or image").FillAsync(image);
        await console.Button("Upgrade").ClickAsync();
    }

    private static async Task StreamAsync(ConsolePage console, int tokens)
    {
        await console.GoAsync("try?model=tiny");
        await Assertions.Expect(console.Page.GetByLabel("Model")).ToHaveValueAsync("tiny");
        await console.Page.GetByLabel("Client key").FillAsync(RunningGateway.ClientKey);
        await console.Page.GetByLabel("Max tokens").FillAsync(tokens.ToString(System.Globalization.CultureInfo.InvariantCulture));
        await console.Page.GetByLabel("Your message").FillAsync("Hello");
        await console.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(console.Page.Locator(".turn-model .turn-text").Last).ToContainTextAsync("v1");
    }

    private static async Task SeeInAuditAsync(ConsolePage console)
    {
        await console.GoAsync("audit");
        await Assertions.Expect(console.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = "Failed" }).First).ToBeVisibleAsync();
        await console.Page.GetByLabel("Search the audit log").FillAsync("failed");
        await Assertions.Expect(console.Page.Locator("#main tbody tr")).ToHaveCountAsync(1);
    }

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
