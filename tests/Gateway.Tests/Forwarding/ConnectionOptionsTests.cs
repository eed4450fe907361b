using System.Text;
using Gateway.Proxy.Forwarding;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>The header that names other headers is read so that the server cannot forget them.</summary>
public sealed class ConnectionOptionsTests
{
    [Theory]
    [InlineData("keep-alive", "keep-alive")]
    [InlineData("close", "close")]
    [InlineData("Upgrade", "Upgrade")]
    [InlineData("Upgrade, HTTP2-Settings", "Upgrade, HTTP2-Settings")]
    [InlineData("close, TE", "close, TE")]
    [InlineData("keep-alive, Upgrade", "keep-alive, Upgrade")]
    [InlineData("X-Hop", "X-Hop, close, keep-alive")]
    [InlineData("keep-alive, X-Hop", "keep-alive, X-Hop, close, keep-alive")]
    [InlineData("Upgrade, X-Hop", "Upgrade, X-Hop, keep-alive")]
    public void Encoding_Line_KeepsTwoOptionsBesideNames(string sent, string read) =>
        Assert.Equal(read, ConnectionOptions.Encoding.GetString(Encoding.Latin1.GetBytes(sent)));
}
