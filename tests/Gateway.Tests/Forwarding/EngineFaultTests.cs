using System.Net;
using System.Net.Sockets;
using Gateway.Backends;
using Gateway.Forwarding;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>A request that could not be written is told from an engine that could not be reached or answers nonsense: by what the client for HTTP really throws.</summary>
public sealed class EngineFaultTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("nonsense\r\n\r\n", false)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n", false)]
    public async Task IsOfRequest_WhatTheEngineDid_IsNot(string answer, bool expected)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var served = ServeAsync(listener, answer);
        var fault = await FaultAsync(new HttpRequestMessage(HttpMethod.Get, $"http://{listener.LocalEndpoint}/"));
        await served;

        Assert.Equal(expected, EngineFault.IsOfRequest(fault));
    }

    [Fact]
    public async Task IsOfRequest_RefusedConnection_IsNot()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = listener.LocalEndpoint;
        listener.Stop();

        Assert.False(EngineFault.IsOfRequest(await FaultAsync(new HttpRequestMessage(HttpMethod.Get, $"http://{address}/"))));
    }

    [Fact]
    public async Task IsOfRequest_HeaderThatCannotBeWritten_Is()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{listener.LocalEndpoint}/");
        request.Headers.TryAddWithoutValidation("x-title", "\u4f60\u597d");

        Assert.True(EngineFault.IsOfRequest(await FaultAsync(request)));
    }

    private static async Task<Exception?> FaultAsync(HttpRequestMessage request)
    {
        using var owned = request;
        using var client = UpstreamClient.Create(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(4));
        return await Record.ExceptionAsync(async () =>
        {
            using var answer = await client.SendAsync(request, CancellationToken.None);
        });
    }

    private static async Task ServeAsync(TcpListener listener, string answer)
    {
        using var connection = await listener.AcceptSocketAsync();
        await connection.ReceiveAsync(new byte[4096].AsMemory());
        await connection.SendAsync(System.Text.Encoding.ASCII.GetBytes(answer).AsMemory());
        connection.Shutdown(SocketShutdown.Send);
    }
}
