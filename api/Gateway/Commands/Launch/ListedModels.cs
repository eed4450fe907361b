using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Proxy.Backends;

namespace Gateway.Commands.Launch;

/// <summary>What the running gateway says of its models.</summary>
/// <param name="Models">Their names and context windows, in its order.</param>
/// <param name="Trouble">Why there is no list.</param>
internal sealed record ListedModels(IReadOnlyList<(string Id, long? Window)> Models, string? Trouble)
{
    private const int MaxAnswer = 16 * 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(4);

    /// <param name="gateway">Its address, without <c>/v1</c>.</param>
    /// <param name="key">The client key; null: none is known.</param>
    public static async Task<ListedModels> AskAsync(string gateway, string? key)
    {
        using var client = UpstreamClient.Create(Timeout, Timeout);
        using var deadline = new CancellationTokenSource(Timeout, TimeProvider.System);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{gateway}/v1/models");
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        }

        try
        {
            using var response = await client.SendAsync(request, deadline.Token);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                return Without($"{gateway} refuses the key: give one of its keys as --key or in {LaunchClients.KeyVariable}.");
            }

            var body = await BoundedBody.ReadAsync(response.Content, MaxAnswer, deadline.Token);
            return response.StatusCode == HttpStatusCode.OK
                ? new ListedModels([.. Read(JsonSerializer.Deserialize(body, GatewayJson.Default.JsonElement))], null)
                : Without($"{gateway}/v1/models answers with status {(int)response.StatusCode}. Is that this gateway's address? Give it as --url.");
        }
        catch (JsonException)
        {
            return Without($"{gateway}/v1/models answers with something else than a list. Is that this gateway's address? Give it as --url.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException or OperationCanceledException)
        {
            return Without($"{gateway} does not answer: {e.Message} Start the gateway, or give its address as --url.");
        }
    }

    private static ListedModels Without(string trouble) => new([], trouble);

    private static IEnumerable<(string Id, long? Window)> Read(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Array)
        {
            throw new JsonException();
        }

        foreach (var entry in data.EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String)
            {
                var known = entry.TryGetProperty("max_model_len", out var length) && length.ValueKind == JsonValueKind.Number && length.TryGetInt64(out var window) && window > 0;
                yield return (id.GetString()!, known ? length.GetInt64() : null);
            }
        }
    }
}
