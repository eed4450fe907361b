using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Gateway.EndToEndTests;
using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests.Browser;

/// <summary>How a page is looked at.</summary>
internal sealed record View(int Width = 1280, int Height = 860, ColorScheme Theme = ColorScheme.Light, ReducedMotion Motion = ReducedMotion.Reduce);

/// <summary>
/// A fresh browser profile with the console open in it. Whatever the page does wrong in silence is kept: breaches of the content
/// policy, messages in the console, requests to elsewhere. Disposing of it fails the test if there was any.
/// </summary>
internal sealed class ConsolePage : IAsyncDisposable
{
    public const string AdminKey = "admin-key-77aa";

    // What the browser says when a container starts or ends on this machine. The page is to live with it.
    private const string NetworkChanged = "net::ERR_NETWORK_CHANGED";

    private readonly ConcurrentQueue<string> _wrong = [];
    private readonly IBrowserContext _context;
    private readonly Uri _gateway;

    private ConsolePage(IBrowserContext context, IPage page, Uri gateway)
    {
        _context = context;
        _gateway = gateway;
        Page = page;
    }

    public IPage Page { get; }

    /// <summary>Statuses that the browser reports as errors in its console, and that the test means to cause.</summary>
    public HashSet<int> Expected { get; } = [];

    /// <summary>True while the test means the gateway to be away.</summary>
    public bool ExpectsNobody { get; set; }

    public static Task<ConsolePage> OpenAsync(Chromium chromium, RunningGateway gateway, View? view = null) => OpenAsync(chromium, gateway.Url, view);

    /// <summary>Opens the console and signs in.</summary>
    public static Task<ConsolePage> SignInAsync(Chromium chromium, RunningGateway gateway, View? view = null) => SignInAsync(chromium, gateway.Url, view);

    /// <summary>Opens the console and signs in.</summary>
    public static async Task<ConsolePage> SignInAsync(Chromium chromium, Uri gateway, View? view = null)
    {
        var opened = await OpenAsync(chromium, gateway, view);
        await opened.SignInAsync(AdminKey);
        await opened.Page.Locator(".frame").WaitForAsync();
        return opened;
    }

    private static async Task<ConsolePage> OpenAsync(Chromium chromium, Uri gateway, View? view)
    {
        view ??= new View();
        var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = view.Width, Height = view.Height },
            ColorScheme = view.Theme,
            ReducedMotion = view.Motion,
            Locale = "en-GB",
            Permissions = ["clipboard-read", "clipboard-write"],
        });
        context.SetDefaultTimeout((float)Wait.Deadline.TotalMilliseconds);
        var page = await context.NewPageAsync();
        var opened = new ConsolePage(context, page, gateway);
        await opened.WatchAsync();
        await opened.LoadAsync();
        return opened;
    }

    // Whole, or loaded again by the page itself: a container that starts meanwhile costs the browser what it is loading.
    private async Task LoadAsync()
    {
        var address = new Uri(_gateway, "/console/").ToString();
        try
        {
            await Page.GotoAsync(address);
        }
        catch (PlaywrightException e) when (e.Message.Contains(NetworkChanged, StringComparison.Ordinal))
        {
            await Page.GotoAsync(address);
        }

        await Page.WaitForFunctionAsync("() => sessionStorage.getItem('console.loads') === '0'");
    }

    public async Task SignInAsync(string key)
    {
        await Page.GetByLabel("Operator’s key").FillAsync(key);
        await Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
    }

    /// <summary>Opens a page by its part of the address.</summary>
    public async Task GoAsync(string page)
    {
        await Page.EvaluateAsync("page => { location.hash = '#/' + page; }", page);
        await Page.Locator("#main h1").WaitForAsync();
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Row(string text) => Page.GetByRole(AriaRole.Row).Filter(new() { HasText = text });

    /// <summary>True where the page is wider than the window.</summary>
    public Task<bool> OverflowsAsync() => Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth > document.documentElement.clientWidth");

    /// <summary>What an accessibility checker finds wrong with the page as it is now.</summary>
    public async Task<IReadOnlyList<string>> AuditAsync()
    {
        await using var script = typeof(ConsolePage).Assembly.GetManifestResourceStream("audit.js")!;
        using var reader = new StreamReader(script);
        return await Page.EvaluateAsync<string[]>(await reader.ReadToEndAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        Assert.True(_wrong.IsEmpty, string.Join('\n', _wrong));
    }

    private async Task WatchAsync()
    {
        await _context.ExposeFunctionAsync<string, bool>("reportBreach", breach =>
        {
            _wrong.Enqueue($"content policy: {breach}");
            return true;
        });
        await _context.AddInitScriptAsync("document.addEventListener('securitypolicyviolation', e => reportBreach(`${e.violatedDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`));");
        Page.PageError += (_, error) => _wrong.Enqueue($"error: {error}");
        Page.Request += (_, request) =>
        {
            var url = new Uri(request.Url);
            if (url.Scheme is not "data" && url.Authority != _gateway.Authority)
            {
                _wrong.Enqueue($"request to elsewhere: {request.Url}");
            }
        };
        Page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !IsExpected(message.Text))
            {
                _wrong.Enqueue($"{message.Type}: {message.Text}");
            }
        };
    }

    private bool IsExpected(string text) =>
        text.Contains(NetworkChanged, StringComparison.Ordinal) ||
        (ExpectsNobody && text.Contains("net::ERR_", StringComparison.Ordinal)) ||
        Regex.Match(text, @"status of (\d{3})") is { Success: true } status && Expected.Contains(int.Parse(status.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture));
}
