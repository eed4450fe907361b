using System.Text;
using System.Text.Json;
using Gateway.Core.Configuration;
using Gateway.Management;
using Gateway.Management.Api;
using Gateway.Management.Lifecycle;
using Gateway.Management.Operations;
using Gateway.Proxy.Backends;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Gateway.Tests.Management;

/// <summary>The management API on a socket of its own, over engines that exist in memory only.</summary>
internal sealed class ManagementHost : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly WebApplication _app;

    private ManagementHost(WebApplication app)
    {
        _app = app;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri(address), Timeout = Deadline };
    }

    public HttpClient Client { get; }

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public static async Task<ManagementHost> StartAsync(FakeLifecycle lifecycle, TemporaryFolder folder, Func<ManagementSettings, ManagementSettings>? change = null, IReadOnlyDictionary<string, string>? variables = null)
    {
        var settings = new ManagementSettings { Mode = ManagementMode.On, DataDirectory = folder.Path };
        settings = change?.Invoke(settings) ?? settings;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IEngineLifecycle>(lifecycle);
        builder.Services.AddSingleton<IConfiguredBackends>(new NoBackends());
        builder.Services.AddLogging();
        builder.Services.AddRoutingCore();
        builder.Services.AddManagement(settings, new EngineDefaults("default-model", variables ?? new Dictionary<string, string>()));
        var app = builder.Build();
        app.Services.GetRequiredService<ManagementApi>().Map(app, static _ => "tester");
        await app.StartAsync();
        var host = new ManagementHost(app);
        await WaitAsync(() => Task.FromResult(host.Get<EngineOperations>().Recovered));
        return host;
    }

    public async Task<JsonElement> JsonAsync(string path)
    {
        using var answer = await Client.GetAsync(path);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    public async Task<(int Status, JsonElement Body)> SendAsync(string method, string path, string body = "")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using var answer = await Client.SendAsync(request);
        return ((int)answer.StatusCode, JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>Asks for a change and returns the id of its job.</summary>
    public async Task<string> PostAsync(string path, string body = "")
    {
        var (status, answer) = await SendAsync("POST", path, body);
        Assert.True(status == 200, answer.ToString());
        return answer.GetProperty("id").GetString()!;
    }

    /// <summary>Asks for a change and waits until its job has ended.</summary>
    public async Task<JsonElement> RunAsync(string path, string body = "") => await EndOfAsync(await PostAsync(path, body));

    public async Task<JsonElement> EndOfAsync(string id)
    {
        JsonElement status = default;
        await WaitAsync(async () => (status = await JsonAsync($"/backends/jobs/{id}")).GetProperty("processed").GetBoolean());
        return status;
    }

    public static async Task WaitAsync(Func<Task<bool>> isSo)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await isSo())
        {
            deadline.Token.ThrowIfCancellationRequested();
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class NoBackends : IConfiguredBackends
    {
        public IReadOnlyList<Backend> All => [];
    }
}
