using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Proxy.Backends;

namespace Gateway.Proxy.Models;

/// <summary>Asks an engine what it serves.</summary>
public sealed class ModelListClient(HttpClient http)
{
    private const int MaxBody = 4 * 1024 * 1024;

    /// <exception cref="HttpRequestException">The answer is not 200.</exception>
    /// <exception cref="JsonException">The answer is not JSON, or longer than 4 MiB.</exception>
    public async Task<JsonElement> GetAsync(Backend backend, Replica replica, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, replica.Address.Join(path));
        backend.Authorize(request);
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if ((int)response.StatusCode != 200)
        {
            throw new HttpRequestException(FormattableString.Invariant($"It answered {(int)response.StatusCode}."));
        }

        var body = await BoundedBody.ReadAsync(response.Content, MaxBody, cancellationToken);
        return JsonSerializer.Deserialize(body, GatewayJson.Default.JsonElement);
    }
}
