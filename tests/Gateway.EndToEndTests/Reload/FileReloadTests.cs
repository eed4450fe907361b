using System.Diagnostics;
using System.Net;
using Gateway.Fakes;
using Xunit;

namespace Gateway.EndToEndTests.Reload;

/// <summary>A <c>gateway.yaml</c> that changes is taken without being told, however it is written; a wrong one is refused.</summary>
public sealed class FileReloadTests
{
    [Theory]
    [InlineData("in place")]
    [InlineData("rename")]
    [InlineData("link")]
    public async Task File_Changed_TakesEffectHoweverItIsWritten(string way)
    {
        await using var rig = await FileRig.StartAsync(1, engines => Text(engines[0], "first"), Writer(way));
        Assert.Contains("first", await rig.Gateway.ModelsAsync());

        // Twice: a watcher that follows the file itself loses it with the first replacement.
        foreach (var alias in (string[])["second", "third"])
        {
            Writer(way)(rig.File, Text(rig.Engines[0], alias));
            await Wait.UntilAsync(async () => (await rig.Gateway.ModelsAsync()).Contains(alias), $"the alias {alias}");
        }

        Assert.DoesNotContain("first", await rig.Gateway.ModelsAsync());
        var latest = (await rig.ReloadsAsync())[0];
        Assert.Equal("gateway.yaml changed", latest.GetProperty("trigger").GetString());
        Assert.Equal("aliases", Assert.Single(latest.GetProperty("changes").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task File_Wrong_IsRefusedWithTheReasonEverywhere()
    {
        await using var rig = await FileRig.StartAsync(1, engines => Text(engines[0], "first"));

        await File.WriteAllTextAsync(rig.File, "backends:\n  - {name: a, kind: abacus}\n");
        await rig.WaitForOutcomeAsync("refused", 2);

        var reasons = (await rig.ReloadsAsync())[0].GetProperty("reasons");
        Assert.Contains("gateway.yaml:2:", Assert.Single(reasons.EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Contains("abacus", await rig.Gateway.Log.WaitForAsync("New settings are refused"), StringComparison.Ordinal);
        var metrics = await MetricsTests.ScrapeAsync(rig.Gateway.Anonymous);
        Assert.Equal((1, 0), (metrics["gateway_config_reloads_total{outcome=\"refused\"}"], metrics["gateway_config_last_reload_success"]));
        using var answer = await rig.ChatAsync("first");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        await File.WriteAllTextAsync(rig.File, Text(rig.Engines[0], "mended"));
        await rig.WaitForOutcomeAsync("taken", 3);
        Assert.Equal(1, (await MetricsTests.ScrapeAsync(rig.Gateway.Anonymous))["gateway_config_last_reload_success"]);
        Assert.Contains("mended", await rig.Gateway.ModelsAsync());
    }

    [Fact]
    public async Task File_GoneAndBack_IsRefusedAndThenTaken()
    {
        await using var rig = await FileRig.StartAsync(1, engines => Text(engines[0], "first"));

        File.Delete(rig.File);
        await rig.WaitForOutcomeAsync("refused", 2);
        Assert.Contains("first", await rig.Gateway.ModelsAsync());

        await File.WriteAllTextAsync(rig.File, Text(rig.Engines[0], "first"));
        await rig.WaitForOutcomeAsync("taken", 3);
    }

    private static string Text(FakeEngine engine, string alias) => $"backends:\n{FileRig.Backend("a", engine)}aliases: {{{alias}: {engine.Model}}}\n";

    private static Action<string, string> Writer(string way) => way switch
    {
        "in place" => File.WriteAllText,
        "rename" => Replace,
        "link" => Turn,
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };

    // As editors do.
    private static void Replace(string file, string text)
    {
        File.WriteAllText(file + "~", text);
        File.Move(file + "~", file, overwrite: true);
    }

    // As Kubernetes does: the file is a link into a link to a folder, and that link is replaced.
    private static void Turn(string file, string text)
    {
        var folder = Path.GetDirectoryName(file)!;
        var version = Directory.CreateDirectory(Path.Combine(folder, $"..{Guid.NewGuid():N}")).FullName;
        File.WriteAllText(Path.Combine(version, "gateway.yaml"), text);
        var data = Path.Combine(folder, "..data");
        Directory.CreateSymbolicLink(data + "_tmp", version);
        // The base library does not rename over a link to a folder.
        using (var rename = Process.Start("mv", ["-T", data + "_tmp", data]))
        {
            rename.WaitForExit();
        }

        if (!File.Exists(file))
        {
            File.CreateSymbolicLink(file, Path.Combine("..data", "gateway.yaml"));
        }
    }
}
