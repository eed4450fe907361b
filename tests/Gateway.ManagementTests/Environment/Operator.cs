using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Gateway.ManagementTests;

/// <summary>Whoever has the operator's key of a gateway and uses the management API.</summary>
internal sealed class Operator : IDisposable
{
    private readonly HttpClient _client;

    public Operator(ManagedGateway gateway)
        : this(gateway.Client.BaseAddress!, "admin-key-77aa")
    {
    }

    public Operator(Uri address, string key)
    {
        _client = new HttpClient { BaseAddress = address, Timeout = Wait.Deadline };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public Task<string> TextAsync(string path) => _client.GetStringAsync(path);

    public async Task<JsonElement> GetAsync(string path) => JsonSerializer.Deserialize<JsonElement>(await TextAsync(path));

    public async Task<(int Status, JsonElement Body)> PostAsync(string path, string body = "")
    {
        using var answer = await _client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
        return ((int)answer.StatusCode, JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>Asks for a change; returns the id of its job.</summary>
    public async Task<string> BeginAsync(string path, string body = "")
    {
        JsonElement answer = default;
        // Just after its start a gateway looks after what it left, and says so.
        await Wait.UntilAsync(
            async () =>
            {
                (var status, answer) = await PostAsync(path, body);
                return status is 200 or 202 || (status == 503 ? false : throw new InvalidOperationException($"{path}: {status} {answer}"));
            },
            $"{path} to be taken");
        return (answer.TryGetProperty("id", out var id) ? id : answer.GetProperty("jobID")).GetString()!;
    }

    /// <summary>Asks for a change and waits until its job has ended.</summary>
    public async Task<JsonElement> RunAsync(string path, string body = "") => await EndOfAsync(await BeginAsync(path, body));

    public async Task<JsonElement> EndOfAsync(string id)
    {
        JsonElement job = default;
        await Wait.UntilAsync(async () => (job = await GetAsync($"/backends/jobs/{id}")).GetProperty("processed").GetBoolean(), $"the end of job {id}");
        return job;
    }

    /// <summary>Waits until a job is at this.</summary>
    public Task ReachAsync(string id, string phase) =>
        Wait.UntilAsync(async () => (await GetAsync($"/backends/jobs/{id}")).TryGetProperty("phase", out var now) && now.GetString() == phase, $"job {id} to be {phase}");

    public void Dispose() => _client.Dispose();
}
