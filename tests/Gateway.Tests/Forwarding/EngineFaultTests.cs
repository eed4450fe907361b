using System.Net.Sockets;
using Gateway.Proxy.Failover;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>A request that could not be written is told from an engine that could not be reached or answers nonsense.</summary>
public sealed class EngineFaultTests
{
    [Fact]
    public void IsOfRequest_WhatFailsOnTheWire_IsNot()
    {
        Assert.False(EngineFault.IsOfRequest(null));
        Assert.False(EngineFault.IsOfRequest(new HttpRequestException(HttpRequestError.ConnectionError, "refused", new SocketException(111))));
        Assert.False(EngineFault.IsOfRequest(new HttpRequestException(HttpRequestError.InvalidResponse, "nonsense")));
        Assert.False(EngineFault.IsOfRequest(new HttpRequestException("broke", new IOException("reset"))));
        Assert.False(EngineFault.IsOfRequest(new IOException("reset")));
        Assert.False(EngineFault.IsOfRequest(new OperationCanceledException()));
    }

    [Fact]
    public void IsOfRequest_WhatCannotBeWritten_Is()
    {
        Assert.True(EngineFault.IsOfRequest(new HttpRequestException(HttpRequestError.Unknown, "a header has other characters than ASCII")));
        Assert.True(EngineFault.IsOfRequest(new FormatException("a path")));
    }
}
