using Gateway.Proxy.Telemetry;
using Xunit;

namespace Gateway.Tests.Telemetry;

/// <summary>Quantiles from buckets.</summary>
public sealed class BucketQuantileTests
{
    private static readonly double[] Boundaries = [1, 2, 4];

    [Fact]
    public void Of_NothingObserved_IsUnknown() => Assert.Null(BucketQuantile.Of([0, 0, 0, 0], Boundaries, 0.5));

    [Theory]
    [InlineData(0.25, 0.5)]
    [InlineData(0.5, 1)]
    [InlineData(0.75, 3)]
    [InlineData(1, 4)]
    public void Of_TwoBuckets_IsEvenlySpreadWithinOne(double quantile, double expected) =>
        Assert.Equal(expected, BucketQuantile.Of([2, 0, 2, 0], Boundaries, quantile)!.Value, 6);

    [Fact]
    public void Of_BeyondTheLastBoundary_IsThatBoundary() => Assert.Equal(4, BucketQuantile.Of([0, 0, 0, 3], Boundaries, 0.5));
}
