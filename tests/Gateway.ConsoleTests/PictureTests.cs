using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using Gateway.ConsoleTests.Browser;
using Gateway.EndToEndTests;
using Gateway.Fakes;
using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests;

/// <summary>A gateway with three backends, keys with limits and some traffic, as it looks in the console.</summary>
[Collection(Chromium.Collection)]
public sealed class PictureTests(Chromium chromium)
{
    private static readonly TimeSpan Traffic = TimeSpan.FromSeconds(Pictures.Kept ? 75 : 4);

    [BrowserFact]
    public async Task Scene_BusyGateway_LooksAsItShould()
    {
        await using var big = await FakeEngine.StartAsync("vllm");
        await using var second = await FakeEngine.StartAsync("vllm");
        await using var small = await FakeEngine.StartAsync("llamacpp");
        FakeEngine[] engines = [big, second, small];
        foreach (var engine in engines)
        {
            engine.Script.Always(exchange => Replies.Slow(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(8, 60)))(exchange));
        }

        using var folder = new TemporaryFolder();
        await using var gateway = await RunningGateway.StartAsync(await SettingsAsync(folder.Path, engines));
        await gateway.WaitForModelsAsync();
        using var end = new CancellationTokenSource(Traffic);
        var traffic = Task.WhenAll(AskAsync(gateway, "chat", 140, end.Token), AskAsync(gateway, "chat", 260, end.Token), AskAsync(gateway, "chat-small", 350, end.Token), AskAsync(gateway, "nobody-has-this", 2600, end.Token));
        await using var light = await ConsolePage.SignInAsync(chromium, gateway);
        await using var dark = await ConsolePage.SignInAsync(chromium, gateway, new View(Theme: ColorScheme.Dark));
        await Assertions.Expect(light.Page.Locator(".chart canvas")).ToHaveCountAsync(3, new() { Timeout = 30_000 });
        await Task.WhenAny(traffic, Task.Delay(Traffic - TimeSpan.FromSeconds(1), TimeProvider.System));

        await Pictures.TakeAsync(light, "overview");
        await Pictures.TakeAsync(dark, "overview-dark");
        await dark.GoAsync("matrix");
        await dark.Page.Locator(".matrix").WaitForAsync();
        await Pictures.TakeAsync(dark, "capabilities");
        await light.GoAsync("keys");
        await light.Row("team-chat").WaitForAsync();
        await Pictures.TakeAsync(light, "keys");
        await AskInTheBoxAsync(dark);
        await Pictures.TakeAsync(dark, "try");
        await traffic;
    }

    private static async Task<Dictionary<string, string>> SettingsAsync(string folder, FakeEngine[] engines)
    {
        var file = Path.Combine(folder, "gateway.yaml");
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(RunningGateway.ClientKey)));
        var other = Convert.ToHexStringLower(SHA256.HashData("another"u8));
        await File.WriteAllTextAsync(file, $$"""
            backends:
              - name: large
                kind: vllm
                urls: ["{{engines[0].BaseUrl}}v1", "{{engines[1].BaseUrl}}v1"]
                models: {chat: "{{engines[0].Model}}"}
                max_concurrency: 16
                max_queue: 32
              - name: small
                kind: llamacpp
                urls: ["{{engines[2].BaseUrl}}v1"]
                models: {chat-small: "{{engines[2].Model}}"}
            keys:
              - {name: team-chat, sha256: {{hash}}, requests_per_minute: 2000, tokens_per_minute: 400000, max_concurrency: 32, monthly_tokens: 60000}
              - {name: team-research, sha256: {{other}}, models: ["chat-small"], requests_per_minute: 60, monthly_tokens: 5000000}
            """);
        return new Dictionary<string, string> { ["ADMIN_API_KEY"] = ConsolePage.AdminKey, ["GATEWAY_CONFIG"] = file, ["GATEWAY_DATA_DIR"] = folder, ["API_KEYS"] = "" };
    }

    private static async Task AskAsync(RunningGateway gateway, string model, int pause, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using var answer = await gateway.Client.PostAsJsonAsync("/v1/chat/completions", new { model, stream = true, messages = new[] { new { role = "user", content = "Tell me a story." } } }, CancellationToken.None);
            _ = await answer.Content.ReadAsStringAsync(CancellationToken.None);
            await Task.Delay(TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(pause)), TimeProvider.System, CancellationToken.None);
        }
    }

    private static async Task AskInTheBoxAsync(ConsolePage console)
    {
        await console.GoAsync("try?model=chat");
        await Assertions.Expect(console.Page.GetByLabel("Model")).ToHaveValueAsync("chat");
        await console.Page.GetByLabel("Client key").FillAsync(RunningGateway.ClientKey);
        await console.Page.GetByLabel("Your message").FillAsync("What is the capital of France?");
        await console.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(console.Page.Locator(".turn-figures")).ToContainTextAsync("in all");
    }
}
