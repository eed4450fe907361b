using Gateway.ConsoleTests.Browser;
using Gateway.EndToEndTests;
using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests.Management;

/// <summary>Engines on two machines, from the browser. Neither machine is there: what is asked for is refused before, or fails.</summary>
[Collection(Chromium.Collection)]
public sealed class FleetTests(Chromium chromium)
{
    private const float Long = 60_000;

    [BrowserFact]
    public async Task Install_VariantForEveryNode_IsRefusedAndTheEntryForAllIsOffered()
    {
        using var folder = new TemporaryFolder();
        await using var gateway = await RunningGateway.StartAsync(new Dictionary<string, string>
        {
            ["ADMIN_API_KEY"] = ConsolePage.AdminKey,
            ["BACKEND_KIND"] = "demo",
            ["GATEWAY_MANAGEMENT"] = "on",
            ["GATEWAY_DATA_DIR"] = folder.Path,
            ["GATEWAY_NODES"] = $"one=unix://{folder.File("one.sock")},two=unix://{folder.File("two.sock")}",
            ["GATEWAY_BACKEND_GALLERIES"] = folder.Write("gallery.yaml", """
                - {name: any-tiny, kind: vllm, model: tiny, capabilities: {default: cpu-tiny}}
                - {name: cpu-tiny, kind: vllm, model: tiny, uri: 'registry.invalid/tiny:v1', accelerator: cpu}
                """),
        });
        await using var console = await ConsolePage.SignInAsync(chromium, gateway);
        console.Expected.Add(409);
        await console.GoAsync("backends");
        await console.Page.GetByLabel("Hardware variants").CheckAsync();
        await console.Button("Install cpu-tiny").ClickAsync();
        var dialog = console.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog.GetByLabel("Where")).ToHaveValueAsync("");

        await dialog.GetByRole(AriaRole.Button, new() { Name = "Install", Exact = true }).ClickAsync();

        await Assertions.Expect(dialog.GetByRole(AriaRole.Alert)).ToContainTextAsync("cpu-tiny is for one type of hardware. Choose the node that has it, or install any-tiny");
        Assert.Empty(await console.AuditAsync());
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Install any-tiny instead" }).ClickAsync();
        await Assertions.Expect(dialog).ToHaveCountAsync(0);
        await Assertions.Expect(console.Page.Locator(".toast").Filter(new() { HasText = "Install any-tiny:" })).ToBeVisibleAsync(new() { Timeout = Long });
    }
}
