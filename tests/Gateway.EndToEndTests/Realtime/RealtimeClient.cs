using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Gateway.EndToEndTests.Realtime;

/// <summary>A client's WebSocket at a gateway, with a deadline that only a fault reaches.</summary>
internal sealed class RealtimeClient : IDisposable
{
    private readonly CancellationTokenSource _deadline = new(Wait.Deadline);

    public RealtimeClient(string? key = RunningGateway.ClientKey)
    {
        Socket.Options.CollectHttpResponseDetails = true;
        if (key is not null)
        {
            Socket.Options.SetRequestHeader("Authorization", $"Bearer {key}");
        }
    }

    public ClientWebSocket Socket { get; } = new();

    public CancellationToken Deadline => _deadline.Token;

    public static async Task<RealtimeClient> ConnectedAsync(RunningGateway gateway, string model)
    {
        var client = new RealtimeClient();
        await client.ConnectAsync(gateway, model);
        return client;
    }

    public Task ConnectAsync(RunningGateway gateway, string model)
    {
        var url = new UriBuilder(new Uri(gateway.Url, $"/v1/realtime?model={Uri.EscapeDataString(model)}")) { Scheme = "ws" };
        return Socket.ConnectAsync(url.Uri, Deadline);
    }

    /// <summary>Connects in vain.</summary>
    /// <returns>The status of the answer.</returns>
    public async Task<int> RefusedAsync(RunningGateway gateway, string model)
    {
        await Xunit.Assert.ThrowsAsync<WebSocketException>(() => ConnectAsync(gateway, model));
        return (int)Socket.HttpStatusCode;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public Task SendAsync(byte[] message, WebSocketMessageType type) => Socket.SendAsync(message, type, endOfMessage: true, Deadline);

    /// <summary>The next whole message; null for a close.</summary>
    public async Task<byte[]?> ReceiveAsync()
    {
        using var message = new MemoryStream();
        var buffer = new byte[1000];
        while (true)
        {
            var piece = await Socket.ReceiveAsync(buffer.AsMemory(), Deadline);
            if (piece.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            message.Write(buffer, 0, piece.Count);
            if (piece.EndOfMessage)
            {
                return message.ToArray();
            }
        }
    }

    /// <summary>The code of an error event, and the code of the close that follows it.</summary>
    public async Task<(string? Error, int Close)> EndAsync()
    {
        var last = await ReceiveAsync();
        var error = last is null ? default : JsonSerializer.Deserialize<JsonElement>(last);
        while (last is not null)
        {
            last = await ReceiveAsync();
        }

        await Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Deadline);
        return (error.ValueKind == JsonValueKind.Object ? error.GetProperty("error").GetProperty("code").GetString() : null, (int)Socket.CloseStatus!);
    }

    public void Dispose()
    {
        Socket.Dispose();
        _deadline.Dispose();
    }
}
