using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Management.Api;
using Xunit;

namespace Gateway.Tests.Management.Api;

/// <summary>Route by route: the members that programs written for this API look for, with their types.</summary>
public sealed class ManagementShapeTests : IDisposable
{
    private const string Text = "text";
    private const string Number = "number";
    private const string Flag = "flag";
    private const string List = "list";
    private const string Map = "map";

    private static readonly Dictionary<string, JsonValueKind[]> Kinds = new()
    {
        [Text] = [JsonValueKind.String],
        [Number] = [JsonValueKind.Number],
        [Flag] = [JsonValueKind.True, JsonValueKind.False],
        [List] = [JsonValueKind.Array],
        [Map] = [JsonValueKind.Object],
    };

    private readonly TemporaryFolder _folder = new();
    private readonly FakeLifecycle _lifecycle = new();

    [Fact]
    public async Task Backends_Installed_HasTheKnownMembers()
    {
        await using var host = await StartAsync();
        await host.RunAsync("/backends/apply", """{"id":"llamacpp","model":"m.gguf"}""");

        var row = Assert.Single((await host.JsonAsync("/backends")).EnumerateArray());

        Has(row, ("Name", Text), ("RunFile", Text), ("IsMeta", Flag), ("IsSystem", Flag), ("Metadata", Map), ("upgrade_available", Flag), ("available_version", Text), ("nodes", List));
        Has(row.GetProperty("Metadata"), ("alias", Text), ("meta_backend_for", Text), ("name", Text), ("gallery_url", Text), ("installed_at", Text), ("version", Text), ("uri", Text), ("digest", Text));
        Has(row.GetProperty("nodes")[0], ("node_id", Text), ("node_name", Text), ("node_status", Text), ("version", Text), ("digest", Text), ("uri", Text), ("installed_at", Text));
        Assert.Equal(("llamacpp", true, "cpu-llamacpp"), (row.GetProperty("Name").GetString(), row.GetProperty("IsMeta").GetBoolean(), row.GetProperty("Metadata").GetProperty("meta_backend_for").GetString()));
    }

    [Fact]
    public async Task Available_Entries_HaveTheKnownMembers()
    {
        await using var host = await StartAsync();

        var entries = (await host.JsonAsync("/backends/available")).EnumerateArray().ToArray();

        Assert.All(entries, entry => Has(entry, ("name", Text), ("description", Text), ("urls", List), ("tags", List), ("gallery", Map), ("installed", Flag)));
        Assert.All(entries, entry => Has(entry.GetProperty("gallery"), ("url", Text), ("name", Text)));
        Assert.All(entries, entry => Assert.True(entry.TryGetProperty("uri", out _) != entry.TryGetProperty("capabilities", out _)));
        Assert.DoesNotContain(entries, entry => entry.GetProperty("name").GetString()!.StartsWith("nvidia-", StringComparison.Ordinal));
        Assert.Contains((await host.JsonAsync("/backends/available?all=true")).EnumerateArray(), entry => entry.GetProperty("name").GetString()!.StartsWith("nvidia-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Known_Engines_AreSortedByWhatTheyAreFor()
    {
        await using var host = await StartAsync();

        var rows = (await host.JsonAsync("/backends/known")).EnumerateArray().ToArray();

        Assert.All(rows, row => Has(row, ("name", Text), ("modality", Text), ("auto_detect", Flag), ("description", Text), ("installed", Flag)));
        var order = rows.Select(row => (row.GetProperty("modality").GetString(), row.GetProperty("name").GetString())).ToArray();
        Assert.Equal(order.OrderBy(row => row.Item1, StringComparer.Ordinal).ThenBy(row => row.Item2, StringComparer.Ordinal), order);
    }

    [Fact]
    public async Task Galleries_EachIncludingABadOne_IsListedWithItsFaults()
    {
        var path = _folder.Write("bad.yaml", "- {uri: x}");
        await using var host = await StartAsync(settings => settings with { Galleries = [new GallerySettings("bad", path)] });

        var rows = (await host.JsonAsync("/backends/galleries")).EnumerateArray().ToArray();

        Assert.All(rows, row => Has(row, ("url", Text), ("mirrors", List), ("name", Text), ("verification", Map)));
        Assert.StartsWith($"{path}:1:", rows[0].GetProperty("faults")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal("built-in", rows[^1].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Jobs_RunningAndEnded_HaveTheKnownMembers()
    {
        _lifecycle.Gate = new TaskCompletionSource();
        await using var host = await StartAsync();
        var (status, ticket) = await host.SendAsync("POST", "/backends/apply", """{"id":"llamacpp"}""");
        Has(ticket, ("id", Text), ("status_url", Text));
        Assert.Equal(200, status);
        var url = ticket.GetProperty("status_url").GetString()!;
        Assert.Equal(new Uri(host.Client.BaseAddress!, "/backends/jobs/" + ticket.GetProperty("id").GetString()).ToString(), url);
        await ManagementHost.WaitAsync(async () => (await host.JsonAsync(url)).GetProperty("progress").GetDouble() > 0);

        var running = await host.JsonAsync(url);
        Has(running, ("deletion", Flag), ("file_name", Text), ("processed", Flag), ("message", Text), ("progress", Number), ("phase", Text), ("current_bytes", Number), ("total_bytes", Number), ("file_size", Text), ("downloaded_size", Text), ("gallery_element_name", Text), ("cancelled", Flag), ("cancellable", Flag), ("nodes", List));
        Has(running.GetProperty("nodes")[0], ("node_id", Text), ("node_name", Text), ("status", Text), ("file_name", Text), ("current", Text), ("total", Text), ("percentage", Number), ("phase", Text));
        Assert.Equal(("4 MiB", "1 MiB", "downloading", "llamacpp"), (running.GetProperty("file_size").GetString(), running.GetProperty("downloaded_size").GetString(), running.GetProperty("nodes")[0].GetProperty("status").GetString(), running.GetProperty("gallery_element_name").GetString()));
        Assert.False(running.TryGetProperty("error", out _));
        Assert.Matches("^processing file: .* Total: 4 MiB. Current: 1 MiB$", running.GetProperty("message").GetString());

        _lifecycle.Gate.SetResult();
        var ended = await host.EndOfAsync(ticket.GetProperty("id").GetString()!);
        Assert.Equal(("completed", 100, false), (ended.GetProperty("message").GetString(), ended.GetProperty("progress").GetInt32(), ended.GetProperty("cancellable").GetBoolean()));
        Assert.Equal(ended.ToString(), (await host.JsonAsync("/backends/jobs")).GetProperty(ticket.GetProperty("id").GetString()!).ToString());
    }

    [Fact]
    public async Task Job_Unknown_AnswersAsKnown()
    {
        await using var host = await StartAsync();

        var (status, body) = await host.SendAsync("GET", "/backends/jobs/none");

        Assert.Equal((500, "could not find any status for ID"), (status, body.GetProperty("error").GetProperty("message").GetString()));
    }

    [Fact]
    public async Task Upgrades_NewerDigestInTheRegistry_IsFoundByTheCheck()
    {
        _lifecycle.Put("engine", "vllm", "a.example/x:1");
        _lifecycle.Registry["a.example/x:1"] = FakeLifecycle.DigestOf("newer");
        await using var host = await StartAsync();

        var (status, _) = await host.SendAsync("POST", "/backends/upgrades/check");
        JsonElement upgrades = default;
        await ManagementHost.WaitAsync(async () => (upgrades = await host.JsonAsync("/backends/upgrades")).TryGetProperty("engine", out _));

        Assert.Equal(200, status);
        Has(upgrades.GetProperty("engine"), ("backend_name", Text), ("installed_version", Text), ("available_version", Text), ("installed_digest", Text), ("available_digest", Text));
        Assert.Equal(FakeLifecycle.DigestOf("newer"), upgrades.GetProperty("engine").GetProperty("available_digest").GetString());
        Assert.True((await host.JsonAsync("/backends"))[0].GetProperty("upgrade_available").GetBoolean());
    }

    [Fact]
    public async Task Nodes_Each_IsListed()
    {
        await using var host = await StartAsync();

        var node = Assert.Single((await host.JsonAsync("/api/nodes")).EnumerateArray());

        Has(node, ("id", Text), ("name", Text), ("status", Text), ("address", Text), ("accelerator", Text), ("backends", List));
    }

    [Fact]
    public async Task InstallOnNode_OnTheOneNode_AnswersWithItsOwnNames()
    {
        await using var host = await StartAsync();

        var (status, body) = await host.SendAsync("POST", "/api/nodes/local/backends/install", """{"backend":"cpu-llamacpp"}""");

        Assert.Equal(202, status);
        Has(body, ("jobID", Text), ("statusUrl", Text));
    }

    [Fact]
    public void Routes_Every_IsThereOnceAndOwnsItsPath()
    {
        Assert.Equal(ManagementRoutes.All.Count, ManagementRoutes.All.DistinctBy(route => (route.Method, route.Path)).Count());
        Assert.All(ManagementRoutes.All, route => Assert.Contains(ManagementRoutes.Roots, root => route.Path.StartsWith(root.Split("/{")[0], StringComparison.Ordinal)));
    }

    public void Dispose() => _folder.Dispose();

    private Task<ManagementHost> StartAsync(Func<ManagementSettings, ManagementSettings>? change = null) => ManagementHost.StartAsync(_lifecycle, _folder, change);

    private static void Has(JsonElement element, params (string Name, string Type)[] members) => Assert.All(members, member =>
    {
        Assert.True(element.TryGetProperty(member.Name, out var value), $"There is no {member.Name} in {element}.");
        Assert.Contains(value.ValueKind, Kinds[member.Type]);
    });
}
