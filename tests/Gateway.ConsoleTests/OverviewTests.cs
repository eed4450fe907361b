using System.Net.Http.Json;
using Gateway.ConsoleTests.Browser;
using Gateway.EndToEndTests;
using Gateway.Fakes;
using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests;

/// <summary>The overview, the models, the keys and the capabilities show what the gateway really does.</summary>
[Collection(Chromium.Collection)]
public sealed class OverviewTests(Chromium chromium)
{
    /// <summary>A name as an attacker would choose it.</summary>
    private const string Hostile = "<img src onerror>";

    [BrowserFact]
    public async Task Overview_RequestsAndErrors_AreSeenWithCauseAndRemedy()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);

        await Assertions.Expect(console.Row(environment.Engine.Profile.DisplayName)).ToContainTextAsync("Ready");
        await AskAsync(environment, environment.Engine.Model);
        await AskAsync(environment, "nobody-has-this");

        await Assertions.Expect(console.Row("model_not_found")).ToContainTextAsync("MODEL_ALIASES", new() { Timeout = 30_000 });
        await Assertions.Expect(console.Page.Locator(".tile").First).ToContainTextAsync("1 since the start");
        await Assertions.Expect(console.Page.Locator(".chart canvas")).ToHaveCountAsync(3, new() { Timeout = 30_000 });
        await Assertions.Expect(console.Page.GetByRole(AriaRole.Img, new() { Name = "Requests per second, now" })).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Overview_OneBackendChosen_ShowsItsHistory()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        var asked = console.Page.WaitForRequestAsync(request => request.Url.Contains("/stats?backend=", StringComparison.Ordinal));

        await console.Page.GetByLabel("Backend of the charts").SelectOptionAsync("vllm");
        await console.Button("15 min").ClickAsync();

        await asked;
        Assert.Equal("true", await console.Button("15 min").GetAttributeAsync("aria-pressed"));
    }

    [BrowserFact]
    public async Task Overview_GatewayIsGone_SaysSo()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        await console.Page.Locator(".chart").First.WaitForAsync();

        await console.Page.RouteAsync("**/stats*", route => route.FulfillAsync(new() { Status = 200, ContentType = "text/html", Body = "<h1>proxy</h1>" }));

        await console.Page.UnrouteAllAsync();
        await console.Page.RouteAsync("**/stats*", route => route.FulfillAsync(new() { Status = 503, ContentType = "application/json", Body = """{"error":{"message":"<b>away</b>"}}""" }));
        console.Expected.Add(503);
        await Assertions.Expect(console.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("<b>away</b>");
    }

    [BrowserFact]
    public async Task Overview_GatewayHangs_SaysSo()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        await console.Page.Locator(".chart").First.WaitForAsync();

        await console.Page.RouteAsync("**/stats*", static _ => Task.CompletedTask);

        await Assertions.Expect(console.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("has not answered for 15 seconds", new() { Timeout = 60_000 });
    }

    [BrowserFact]
    public async Task Overview_SettingsRefused_AreShownWithTheReasonUntilOthersAreTaken()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("gateway.yaml", "fallbacks: {}\n");
        await using var environment = await StartAsync(("GATEWAY_CONFIG", file));
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);

        await File.WriteAllTextAsync(file, "fallbaks: {}\n");
        await Assertions.Expect(console.Page.Locator(".notice")).ToContainTextAsync("fallbaks", new() { Timeout = 60_000 });
        await File.WriteAllTextAsync(file, "fallbacks: {}\n");

        await Assertions.Expect(console.Page.Locator(".notice")).ToHaveCountAsync(0, new() { Timeout = 60_000 });
    }

    [BrowserFact]
    public async Task Models_HostileName_IsText()
    {
        await using var environment = await StartAsync(("MODEL_ALIASES", $"{Hostile}={await ModelAsync()}"));
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        await console.GoAsync("models");

        await Assertions.Expect(console.Row(Hostile)).ToContainTextAsync($"alias of {environment.Engine.Model}");
        Assert.Equal(0, await console.Page.Locator("#main img").CountAsync());

        await console.Page.GetByLabel("Search models").FillAsync("onerror");
        await Assertions.Expect(console.Page.Locator("#main tbody tr")).ToHaveCountAsync(1);
        await console.Page.GetByLabel("Search models").FillAsync("nothing-of-this-name");
        await Assertions.Expect(console.Page.Locator("#main")).ToContainTextAsync("No matching model");
    }

    [BrowserFact]
    public async Task Models_NameCopied_IsInTheClipboard()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        await console.GoAsync("models");

        await console.Button($"Copy the name {environment.Engine.Model}").ClickAsync();

        await Assertions.Expect(console.Page.Locator(".toast")).ToContainTextAsync("Name copied.");
        Assert.Equal(environment.Engine.Model, await console.Page.EvaluateAsync<string>("() => navigator.clipboard.readText()"));
    }

    [BrowserFact]
    public async Task Keys_AreListedByNameWithWhatTheyUsed()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        await AskAsync(environment, environment.Engine.Model);

        await console.GoAsync("keys");

        await Assertions.Expect(console.Row("tests")).Not.ToContainTextAsync("tests all 0 0 0", new() { Timeout = 30_000, UseInnerText = true });
        Assert.DoesNotContain(RunningGateway.ClientKey, await console.Page.ContentAsync(), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Capabilities_CellChosen_TellsReasonAndAlternative()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        await console.GoAsync("matrix");

        await console.Page.GetByLabel("Search endpoints").FillAsync("/v1/moderations");
        await console.Button("vLLM, /v1/moderations: Not served").ClickAsync();

        await Assertions.Expect(console.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("Instead");
        await console.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(console.Button("vLLM, /v1/moderations: Not served")).ToBeFocusedAsync();
    }

    [BrowserFact]
    public async Task Capabilities_Filters_LeaveWhatFits()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        await console.GoAsync("matrix");

        await console.Page.GetByLabel("Engines shown").SelectOptionAsync("configured");
        await Assertions.Expect(console.Page.Locator(".matrix thead th")).ToHaveCountAsync(2);
        await console.Button("Not served").ClickAsync();

        Assert.Equal(0, await console.Page.Locator(".matrix .cell.tone-native").CountAsync());
        Assert.NotEqual(0, await console.Page.Locator(".matrix .cell.tone-missing").CountAsync());
    }

    private static Task<TestEnvironment> StartAsync(params (string Name, string Value)[] settings) =>
        TestEnvironment.StartAsync("vllm", [("ADMIN_API_KEY", ConsolePage.AdminKey), .. settings]);

    private static async Task<string> ModelAsync()
    {
        await using var engine = await FakeEngine.StartAsync("vllm");
        return engine.Model;
    }

    private static async Task AskAsync(TestEnvironment environment, string model)
    {
        using var answer = await environment.Client.PostAsJsonAsync("/v1/chat/completions", new { model, stream = true, messages = new[] { new { role = "user", content = "Hello!" } } });
        _ = await answer.Content.ReadAsStringAsync();
    }
}
