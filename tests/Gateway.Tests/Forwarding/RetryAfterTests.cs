using Gateway.Core.Errors;
using Gateway.Proxy.Failover;
using Xunit;

namespace Gateway.Tests.Forwarding;

/// <summary>An engine's <c>Retry-After</c> becomes whole seconds, whatever form it came in.</summary>
public sealed class RetryAfterTests
{
    [Theory]
    [InlineData("7", 7)]
    [InlineData("0", 0)]
    [InlineData("1.2", 2)]
    [InlineData("0.05", 1)]
    [InlineData("Fri, 02 Jan 1970 00:00:30 GMT", 30)]
    [InlineData("Thu, 01 Jan 1970 00:00:00 GMT", 0)]
    [InlineData("-3", null)]
    [InlineData("soon", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Read_AnyForm_IsWholeSeconds(string? header, int? expected) => Assert.Equal(expected, RetryAfter.Read(header, new ManualClock()));

    [Fact]
    public void Read_TooLongForAnyNumber_IsBounded() => Assert.InRange(RetryAfter.Read("99999999999999999999", new ManualClock())!.Value, 1, int.MaxValue);

    [Theory]
    [InlineData(0, 0.1)]
    [InlineData(3, 3.0)]
    [InlineData(null, null)]
    public void Of_Nothing_StillLeavesAMoment(int? seconds, double? expected) =>
        Assert.Equal(expected, RetryAfter.Of(new EngineError(503, "m", "t", null, null) { RetryAfterSeconds = seconds })?.TotalSeconds);
}
