using System.Text;
using Gateway.ConsoleTests.Browser;
using Gateway.EndToEndTests;
using Gateway.Fakes;
using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests;

/// <summary>The box in which an operator asks a model.</summary>
[Collection(Chromium.Collection)]
public sealed class TryItTests(Chromium chromium)
{
    [BrowserFact]
    public async Task Send_StreamedAnswer_ShowsTextAndFigures()
    {
        await using var environment = await StartAsync();
        await using var console = await OpenAsync(environment);

        await SendAsync(console, "Say something.");

        await Assertions.Expect(console.Page.Locator(".turn-figures")).ToContainTextAsync("first token");
        await Assertions.Expect(console.Page.Locator(".turn-model .turn-text").Last).Not.ToBeEmptyAsync();
        var request = await environment.WorkAsync();
        Assert.Contains("\"include_usage\":true", Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Send_NoClientKey_AsksForOne()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        await console.GoAsync("try");
        await Assertions.Expect(console.Page.GetByLabel("Client key")).ToBeVisibleAsync();

        await SendAsync(console, "Say something.");

        await Assertions.Expect(console.Page.GetByRole(AriaRole.Log)).ToContainTextAsync("Enter a client key first");
    }

    [BrowserFact]
    public async Task Send_WrongClientKey_SaysWhatHelpsAClient()
    {
        await using var environment = await StartAsync();
        await using var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        console.Expected.Add(401);
        await console.GoAsync("try");
        await console.Page.GetByLabel("Client key").FillAsync("not-a-key");

        await SendAsync(console, "Say something.");

        await Assertions.Expect(console.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Enter another client key");
    }

    [BrowserFact]
    public async Task Stop_StreamRuns_AbortsTheEnginesWork()
    {
        await using var environment = await StartAsync();
        environment.Engine.Script.Next(Replies.StallAfterFrames(3));
        await using var console = await OpenAsync(environment);

        await SendAsync(console, "Say something long.");
        var request = await environment.WorkAsync();
        await console.Button("Stop").ClickAsync();

        await request.Aborted.WaitAsync(Wait.Deadline);
        await Assertions.Expect(console.Page.Locator(".turn-figures")).ToContainTextAsync("Stopped.");
        await Assertions.Expect(console.Button("Send")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Send_EngineSaysHtml_IsText()
    {
        const string Chunk = """data: {"id":"a","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"<script>alert(1)</script><b>bold</b>"},"finish_reason":"stop"}]}""";
        await using var environment = await StartAsync();
        environment.Engine.Script.Next(Replies.Stream(Encoding.UTF8.GetBytes($"{Chunk}\n\ndata: [DONE]\n\n")));
        await using var console = await OpenAsync(environment);

        await SendAsync(console, "<b>Hello</b>");

        await Assertions.Expect(console.Page.Locator(".turn-model .turn-text").Last).ToHaveTextAsync("<script>alert(1)</script><b>bold</b>");
        Assert.Equal(0, await console.Page.Locator(".turns script, .turns b").CountAsync());
    }

    [BrowserFact]
    public async Task Send_EngineFails_ShowsItsWordsAndKeepsTheQuestionOut()
    {
        await using var environment = await StartAsync();
        environment.Engine.Script.Next(Replies.Status(400, """{"error":{"message":"The prompt is <i>odd</i>.","type":"BadRequestError","code":400}}"""));
        await using var console = await OpenAsync(environment);
        console.Expected.Add(400);

        await SendAsync(console, "Say something.");

        await Assertions.Expect(console.Page.Locator(".turns").GetByRole(AriaRole.Alert)).ToContainTextAsync("The prompt is <i>odd</i>.");
    }

    [BrowserFact]
    public async Task Curl_FollowsTheFormAndHidesTheKey()
    {
        await using var environment = await StartAsync();
        await using var console = await OpenAsync(environment);
        var curl = console.Page.GetByLabel("The request as curl");

        await console.Page.GetByLabel("Your message").FillAsync("It's me");
        await console.Page.GetByLabel("Temperature").FillAsync("0.5");
        await console.Page.GetByLabel("Stream the answer").UncheckAsync();

        await Assertions.Expect(curl).ToContainTextAsync(@"It'\''s me");
        await Assertions.Expect(curl).ToContainTextAsync("\"temperature\":0.5");
        await Assertions.Expect(curl).ToContainTextAsync("Bearer $API_KEY");
        await Assertions.Expect(curl).Not.ToContainTextAsync("\"stream\"");
        await Assertions.Expect(curl).Not.ToContainTextAsync(RunningGateway.ClientKey);
    }

    private static Task<TestEnvironment> StartAsync() => TestEnvironment.StartAsync("vllm", ("ADMIN_API_KEY", ConsolePage.AdminKey));

    private async Task<ConsolePage> OpenAsync(TestEnvironment environment)
    {
        var console = await ConsolePage.SignInAsync(chromium, environment.Gateway);
        await console.GoAsync($"try?model={Uri.EscapeDataString(environment.Engine.Model)}");
        await console.Page.GetByLabel("Client key").FillAsync(RunningGateway.ClientKey);
        await Assertions.Expect(console.Page.GetByLabel("Model")).ToHaveValueAsync(environment.Engine.Model);
        return console;
    }

    private static async Task SendAsync(ConsolePage console, string text)
    {
        await console.Page.GetByLabel("Your message").FillAsync(text);
        await console.Page.Keyboard.PressAsync("Enter");
    }
}
