using Gateway.ConsoleTests.Browser;
using Microsoft.Playwright;
using Xunit;

namespace Gateway.ConsoleTests;

/// <summary>Pictures of pages. With <c>SCREENSHOTS=1</c> they go to <c>docs/images/</c>, and the scenes are played for longer.</summary>
internal static class Pictures
{
    public static bool Kept { get; } = Environment.GetEnvironmentVariable("SCREENSHOTS") == "1";

    /// <summary>Takes a picture, and sees that there is something on it.</summary>
    public static async Task TakeAsync(ConsolePage console, string name)
    {
        await console.Page.EvaluateAsync("() => { document.activeElement?.blur(); scrollTo(0, 0); document.getElementById('toasts').replaceChildren(); }");
        await console.Page.Mouse.MoveAsync(0, 0);
        var picture = await console.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Kept ? Path.Combine(Clone.Root, "docs", "images", $"console-{name}.png") : null });
        Assert.True(picture.Length > 10_000, $"The picture of {name} has {picture.Length} bytes.");
    }
}
