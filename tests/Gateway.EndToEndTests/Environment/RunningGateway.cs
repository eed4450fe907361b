using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Gateway.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace Gateway.EndToEndTests;

/// <summary>A gateway as users start it, on a free loopback port of this process.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    /// <summary>The one key that clients of a test gateway have.</summary>
    public const string ClientKey = "client-key-1f0c";

    private readonly WebApplication _app;

    private RunningGateway(WebApplication app, LogLines log)
    {
        _app = app;
        Log = log;
        Url = new Uri(app.Urls.First().Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
        Anonymous = NewClient(null);
        Client = NewClient(ClientKey);
    }

    /// <summary>The port that is only for metrics, where there is one.</summary>
    public Uri MetricsUrl => new(_app.Urls.Last());

    /// <summary>Without a path at the end.</summary>
    public Uri Url { get; }

    public LogLines Log { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>A client with the key.</summary>
    public HttpClient Client { get; }

    /// <summary>A client without any key.</summary>
    public HttpClient Anonymous { get; }

    /// <summary>Starts a gateway with these settings over the tests' own.</summary>
    public static async Task<RunningGateway> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var variables = new Dictionary<string, string>
        {
            ["GATEWAY_HOST"] = "127.0.0.1",
            ["GATEWAY_PORT"] = "0",
            // One answer of the fake is one answer of the gateway; tests of retries say so.
            ["GATEWAY_RETRIES"] = "0",
            // What a client sends is what the engine gets; tests of collected answers say so.
            ["GATEWAY_STREAM_PLAIN"] = "off",
            ["GATEWAY_DRAIN_SECONDS"] = "0",
            ["API_KEYS"] = $"tests:{ClientKey}",
        };
        foreach (var (name, value) in settings)
        {
            variables[name] = value;
        }

        SuiteLog.NoteSettings(variables);
        var log = new LogLines();
        var app = await GatewayApp.BuildAsync(variables, logging => logging.AddProvider(log), CancellationToken.None);
        await app.StartAsync();
        return new RunningGateway(app, log);
    }

    public HttpClient NewClient(string? key)
    {
        // A caller who leaves is to be seen leaving at once.
        var handler = new SocketsHttpHandler { UseProxy = false, MaxResponseDrainSize = 0, AllowAutoRedirect = false };
        var client = new HttpClient(new NotingHandler(handler)) { BaseAddress = Url, Timeout = Wait.Deadline };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        return client;
    }

    /// <summary>The state of the one backend, as <c>/ready</c> tells it.</summary>
    public async Task<string> StateAsync()
    {
        using var answer = await Anonymous.GetAsync("/ready");
        var ready = await answer.Content.ReadFromJsonAsync<JsonElement>();
        return ready.GetProperty("backends")[0].GetProperty("state").GetString()!;
    }

    public Task WaitForStateAsync(string state) => Wait.UntilAsync(async () => await StateAsync() == state, $"the state {state}");

    /// <summary>The ids of the models as listed.</summary>
    public async Task<IReadOnlyList<string>> ModelsAsync()
    {
        var list = await Client.GetFromJsonAsync<JsonElement>("/v1/models");
        return [.. list.GetProperty("data").EnumerateArray().Select(model => model.GetProperty("id").GetString()!)];
    }

    public Task WaitForModelsAsync() => Wait.UntilAsync(async () => (await ModelsAsync()).Count > 0, "a model to be listed");

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        Log.Dispose();
    }
}
