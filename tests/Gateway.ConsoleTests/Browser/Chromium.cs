using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests.Browser;

/// <summary>The one browser of a test run. It is the machine's own; nothing is downloaded.</summary>
public sealed class Chromium : IAsyncLifetime
{
    public const string Collection = "browser";

    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
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
        // Root may not use the browser's own sandbox, and the pages are ours.
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = Path, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
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
