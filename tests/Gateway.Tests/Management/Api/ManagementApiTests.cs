using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Management.Galleries;
using Gateway.Management.Lifecycle;
using Gateway.Management.Operations;
using Xunit;

namespace Gateway.Tests.Management.Api;

/// <summary>What the management API does, over engines that exist in memory only.</summary>
public sealed class ManagementApiTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly FakeLifecycle _lifecycle = new();

    [Fact]
    public async Task Apply_MetaEntry_InstallsTheVariantOfThisNode()
    {
        _lifecycle.Runtimes["local"] = ["runc", "nvidia"];
        await using var host = await StartAsync(variables: new() { ["VLLM_DTYPE"] = "half", ["HF_TOKEN"] = "secret-token", ["PATH"] = "/bin" });

        var status = await host.RunAsync("/backends/apply", """{"id":"vllm","model":"org/model","options":{"VLLM_MAX_MODEL_LEN":"4096"}}""");

        Assert.Equal("completed", status.GetProperty("message").GetString());
        var request = _lifecycle.RequestOf("vllm");
        Assert.Equal(("vllm", "org/model", Accelerator.Nvidia), (request.Kind, request.Model, request.Accelerator));
        Assert.Equal(["HF_TOKEN", "VLLM_DTYPE", "VLLM_MAX_MODEL_LEN"], request.Options.Keys.Order());
        Assert.DoesNotContain("secret-token", await host.Client.GetStringAsync("/backends") + await host.Client.GetStringAsync("/api/audit"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Apply_SecretOption_IsInNoFileAndNoAnswer(bool fails)
    {
        _lifecycle.Failure = fails ? new LifecycleException(LifecycleReason.DiskFull, "It is full.") : null;
        await using var host = await StartAsync();

        await host.RunAsync("/backends/apply", """{"id":"vllm","model":"org/model","options":{"HF_TOKEN":"hf_hunter2hunter2"}}""");
        await host.RunAsync("/backends/apply", """{"id":"vllm","force":true,"options":{"HF_TOKEN":"hf_hunter2hunter2","NO_SUCH":"hunter2"}}""");

        var files = Directory.GetFiles(_folder.Path, "*", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            Assert.DoesNotContain("hunter2", await File.ReadAllTextAsync(file), StringComparison.Ordinal);
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            }
        }

        foreach (var path in (string[])["/backends", "/backends/jobs", "/api/audit", "/api/nodes", "/backends/upgrades"])
        {
            Assert.DoesNotContain("hunter2", await host.Client.GetStringAsync(path), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Metadata_OfAGalleryWithALogin_HasNoneOfIt()
    {
        var entry = new GalleryEntry { Gallery = new GallerySettings("own", "https://reader:hunter2@a.example/list.yaml?key=hunter2"), Name = "x", Uri = "a.example/x:1" };

        Assert.DoesNotContain("hunter2", string.Join(' ', EngineMetadata.Of("job", entry, entry, null).Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_Installed_IsDoneWithoutDoingAnything()
    {
        await using var host = await StartAsync();
        await host.RunAsync("/backends/apply", """{"id":"llamacpp"}""");

        var again = await host.RunAsync("/backends/apply", """{"id":"llamacpp"}""");
        Assert.Equal((1, "completed"), (_lifecycle.Operations, again.GetProperty("message").GetString()));

        await host.RunAsync("/backends/apply", """{"id":"llamacpp","force":true}""");
        Assert.Equal(2, _lifecycle.Operations);
    }

    [Fact]
    public async Task Apply_WhileAnotherRuns_MeetsItOrIsTurnedAway()
    {
        _lifecycle.Gate = new TaskCompletionSource();
        await using var host = await StartAsync();
        var first = await host.PostAsync("/backends/apply", """{"id":"llamacpp"}""");

        Assert.Equal(first, await host.PostAsync("/backends/apply", """{"id":"llamacpp"}"""));
        var (status, body) = await host.SendAsync("POST", "/backends/apply", """{"id":"llamacpp","model":"other"}""");

        Assert.Equal((409, "backend_busy", first), (status, body.GetProperty("error").GetProperty("code").GetString(), body.GetProperty("error").GetProperty("id").GetString()));
        _lifecycle.Gate.SetResult();
        await host.EndOfAsync(first);
        Assert.Equal(1, _lifecycle.Operations);
    }

    [Theory]
    [InlineData("""{"id":"llamacp"}""", 404, "backend_not_found", "Did you mean 'llamacpp'?")]
    [InlineData("""{}""", 400, null, "Name what to install")]
    [InlineData("""{"id":7}""", 400, "invalid_json", "$.id")]
    [InlineData("""[]""", 400, "invalid_json", "JSON object")]
    [InlineData("""{"id":"a.example/unknown:1"}""", 400, null, "Add \"kind\"")]
    [InlineData("""{"id":"llamacpp","name":"a b"}""", 400, null, "at most 63")]
    [InlineData("""{"id":"gpu-only"}""", 400, null, "has no image for a node with the hardware cpu")]
    [InlineData("""{"id":"nameless"}""", 400, null, "The engine in it is unknown")]
    public async Task Apply_Wrong_SaysWhat(string body, int status, string? code, string message)
    {
        var gallery = _folder.Write("own.yaml", "- {name: gpu-only, capabilities: {nvidia: nvidia-llamacpp}}\n- {name: nameless, uri: 'a.example/x:1'}");
        await using var host = await StartAsync(settings => settings with { Galleries = [new GallerySettings("own", gallery)] });

        var answer = await host.SendAsync("POST", "/backends/apply", body);

        var error = answer.Body.GetProperty("error");
        Assert.Equal((status, code), (answer.Status, error.GetProperty("code").GetString()));
        Assert.Contains(message, error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, _lifecycle.Operations);
    }

    [Fact]
    public async Task Apply_Image_InstallsItAsThatEngine()
    {
        await using var host = await StartAsync();

        await host.RunAsync("/backends/apply", """{"id":"localhost:5000/tiny:v1","kind":"llamacpp","name":"tiny"}""");

        var request = _lifecycle.RequestOf("tiny");
        Assert.Equal(("llamacpp", "localhost:5000/tiny:v1", "default-model"), (request.Kind, request.Image, request.Model));
    }

    [Fact]
    public async Task Upgrade_ToATag_KeepsTheRestAndCanBeRolledBack()
    {
        _lifecycle.Put("tiny", "llamacpp", "localhost:5000/tiny:v1", metadata: new() { ["alias"] = "small" });
        await using var host = await StartAsync();

        await host.RunAsync("/backends/upgrade/tiny", """{"version":"v2"}""");
        var upgraded = _lifecycle.RequestOf("tiny");
        await host.RunAsync("/backends/rollback/tiny");

        Assert.Equal(("localhost:5000/tiny:v2", "small", "v2"), (upgraded.Image, upgraded.Metadata["alias"], upgraded.Metadata["version"]));
        Assert.Equal("localhost:5000/tiny:v1", _lifecycle.RequestOf("tiny").Image);
    }

    [Fact]
    public async Task Upgrade_NoVersionGiven_TakesWhatTheGalleryHas()
    {
        var gallery = _folder.Write("own.yaml", "- {name: tiny, kind: llamacpp, uri: 'localhost:5000/tiny:v1'}");
        await using var host = await StartAsync(settings => settings with { Galleries = [new GallerySettings("own", gallery)] });
        await host.RunAsync("/backends/apply", """{"id":"tiny"}""");
        _folder.Write("own.yaml", "- {name: tiny, kind: llamacpp, uri: 'localhost:5000/tiny:v2'}");
        _lifecycle.Registry["localhost:5000/tiny:v2"] = FakeLifecycle.DigestOf("localhost:5000/tiny:v2");
        await host.SendAsync("POST", "/backends/upgrades/check");
        await ManagementHost.WaitAsync(async () => (await host.JsonAsync("/backends/upgrades")).TryGetProperty("tiny", out var found) && found.GetProperty("available_version").GetString() == "v2");

        await host.RunAsync("/backends/upgrade/tiny");

        Assert.Equal("localhost:5000/tiny:v2", _lifecycle.RequestOf("tiny").Image);
        Assert.False((await host.JsonAsync("/backends/upgrades")).TryGetProperty("tiny", out _));
    }

    [Fact]
    public async Task Upgrade_Fails_SaysSoAndWhatServes()
    {
        _lifecycle.Put("tiny", "llamacpp", "localhost:5000/tiny:v1");
        _lifecycle.Failure = new LifecycleException(LifecycleReason.NotReady, "It was not ready in time.") { RolledBackTo = "localhost:5000/tiny:v1" };
        await using var host = await StartAsync();

        var status = await host.RunAsync("/backends/upgrade/tiny", """{"version":"broken"}""");

        Assert.Equal("It was not ready in time. localhost:5000/tiny:v1 is serving again.", status.GetProperty("error").GetString());
        var entry = (await host.JsonAsync("/api/audit"))[0];
        Assert.Equal(("tester", "upgrade", "failed"), (entry.GetProperty("who").GetString(), entry.GetProperty("what").GetString(), entry.GetProperty("outcome").GetString()));
        Assert.StartsWith("localhost:5000/tiny:v1@", entry.GetProperty("after").GetProperty("local").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stop", true)]
    [InlineData("start", false)]
    public async Task StopAndStart_Engine_AreJobs(string action, bool stopped)
    {
        _lifecycle.Put("tiny", "llamacpp", "a.example/x:1");
        await using var host = await StartAsync();

        var status = await host.RunAsync($"/backends/{action}/tiny");

        Assert.Equal(action, status.GetProperty("action").GetString());
        Assert.Equal(stopped, (await host.JsonAsync("/backends"))[0].GetProperty("stopped").GetBoolean());
    }

    [Fact]
    public async Task Delete_Engine_IsGoneAndAudited()
    {
        _lifecycle.Put("tiny", "llamacpp", "a.example/x:1");
        await using var host = await StartAsync();

        var status = await host.RunAsync("/backends/delete/tiny");

        Assert.True(status.GetProperty("deletion").GetBoolean());
        Assert.Equal(0, (await host.JsonAsync("/backends")).GetArrayLength());
        var entries = await host.JsonAsync("/api/audit?limit=2");
        Assert.Equal(["done", "started"], entries.EnumerateArray().Select(entry => entry.GetProperty("outcome").GetString()));
        Assert.Equal((404, "backend_not_found"), Code(await host.SendAsync("POST", "/backends/delete/tiny")));
    }

    [Theory]
    [InlineData("DELETE", "/backends/jobs/{0}")]
    [InlineData("POST", "/api/operations/{0}/cancel")]
    public async Task Cancel_Job_IsGivenUp(string method, string path)
    {
        _lifecycle.Gate = new TaskCompletionSource();
        await using var host = await StartAsync();
        var id = await host.PostAsync("/backends/apply", """{"id":"llamacpp"}""");

        var (status, _) = await host.SendAsync(method, string.Format(System.Globalization.CultureInfo.InvariantCulture, path, id));

        Assert.Equal(200, status);
        Assert.True((await host.EndOfAsync(id)).GetProperty("cancelled").GetBoolean());
        Assert.Equal((409, "job_ended"), Code(await host.SendAsync("DELETE", $"/backends/jobs/{id}")));
    }

    [Fact]
    public async Task ReadMode_Changes_AreRefusedAndAudited()
    {
        _lifecycle.Put("tiny", "llamacpp", "a.example/x:1");
        await using var host = await StartAsync(settings => settings with { Mode = ManagementMode.Read });

        foreach (var path in (string[])["/backends/apply", "/backends/delete/tiny", "/backends/upgrade/tiny", "/backends/rollback/tiny", "/backends/stop/tiny", "/backends/start/tiny", "/api/nodes/local/backends/install", "/api/nodes/local/backends/delete"])
        {
            Assert.Equal((403, "management_read_only"), Code(await host.SendAsync("POST", path, "{}")));
        }

        Assert.Equal(1, (await host.JsonAsync("/backends")).GetArrayLength());
        Assert.Equal("refused", (await host.JsonAsync("/api/audit"))[0].GetProperty("outcome").GetString());
        Assert.Equal((0, 0), (_lifecycle.Operations, _lifecycle.Recovered));
    }

    [Fact]
    public async Task Route_UnknownOrWrongMethod_IsToldApart()
    {
        await using var host = await StartAsync();

        Assert.Equal((404, "not_found"), Code(await host.SendAsync("GET", "/backends/none/of/these")));
        Assert.Equal((405, "method_not_allowed"), Code(await host.SendAsync("DELETE", "/backends")));
    }

    [Fact]
    public async Task Logs_Tail_AreLinesOfText()
    {
        _lifecycle.Put("tiny", "llamacpp", "a.example/x:1");
        await using var host = await StartAsync();

        Assert.Equal("line 1 of tiny\nline 2 of tiny\n", await host.Client.GetStringAsync("/backends/tiny/logs?tail=2"));
        Assert.Equal((404, "backend_not_found"), Code(await host.SendAsync("GET", "/backends/none/logs")));
    }

    [Fact]
    public async Task Start_ExternalBackends_AreInstalledOnce()
    {
        _lifecycle.Put("ollama", "ollama", "a.example/x:1");
        await using var host = await StartAsync(settings => settings with { ExternalBackends = [new ExternalBackend("llamacpp", "m.gguf"), new ExternalBackend("ollama", null), new ExternalBackend("none", null)] });

        await ManagementHost.WaitAsync(async () => (await host.JsonAsync("/backends")).GetArrayLength() == 2 && (await host.JsonAsync("/api/audit")).GetArrayLength() > 0);

        Assert.Equal(("m.gguf", 1), (_lifecycle.RequestOf("llamacpp").Model, _lifecycle.Operations));
        Assert.Equal("start", (await host.JsonAsync("/api/audit"))[0].GetProperty("who").GetString());
    }

    public void Dispose() => _folder.Dispose();

    private static (int Status, string? Code) Code((int Status, System.Text.Json.JsonElement Body) answer) => (answer.Status, answer.Body.GetProperty("error").GetProperty("code").GetString());

    private Task<ManagementHost> StartAsync(Func<ManagementSettings, ManagementSettings>? change = null, Dictionary<string, string>? variables = null) =>
        ManagementHost.StartAsync(_lifecycle, _folder, change, variables);
}
