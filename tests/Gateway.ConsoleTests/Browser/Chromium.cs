using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests.Browser;

/// <summary>The one browser of a test run. It is the machine's own; nothing is downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    public const string Collection = "browser";

    /// <summary>In milliseconds.</summary>
    private const float LongStart = 180_000;

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // Root may not use the browser's own sandbox, and the pages are ours. Nothing that a browser does of itself is wanted.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-quic", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;

    /// <summary>Where it is; null where there is none.</summary>
    public static string? Path { get; } = (Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } given ? [given] : Places).FirstOrDefault(File.Exists);

    internal IBrowser Browser { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        if (Path is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Path, Args = Arguments, Timeout = LongStart });
        await DrawAsync();
    }

    // On a fresh machine the first text that is drawn waits for the list of all fonts. That is no test's time.
    private async Task DrawAsync()
    {
        var context = await Browser.NewContextAsync();
        context.SetDefaultTimeout(LongStart);
        var page = await context.NewPageAsync();
        await page.SetContentAsync("<p style='font-family: system-ui'>Ready</p><p style='font-family: monospace'>Ready</p>");
        await page.ScreenshotAsync();
        await context.CloseAsync();
    }

    public async Task DisposeAsync()
    {
        if (_playwright is not null)
        {
            await Browser.DisposeAsync();
            _playwright.Dispose();
        }
    }
}

/// <summary>Tests of this collection share the browser, and run one after the other.</summary>
[CollectionDefinition(Chromium.Collection)]
public sealed class ChromiumRuns : ICollectionFixture<Chromium>;
