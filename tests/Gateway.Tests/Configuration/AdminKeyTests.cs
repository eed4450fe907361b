using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>The admin key opens what no client may open, so no client may have it.</summary>
public sealed class AdminKeyTests
{
    [Fact]
    public void Read_ClientHasTheAdminKey_IsRefused() =>
        Assert.Contains("ADMIN_API_KEY is also the client key bob", Assert.Single(SettingRows.Read(("ADMIN_API_KEY", "one-and-the-same"), ("API_KEYS", "alice:another-key,bob:one-and-the-same")).Faults), StringComparison.Ordinal);

    [Fact]
    public void Read_KeysDiffer_AreTaken() =>
        Assert.Empty(SettingRows.Read(("ADMIN_API_KEY", "the-admin-key"), ("API_KEYS", "alice:another-key")).Faults);
}
