using System.Security.Cryptography;
using System.Text;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>Settings that are right alone and wrong together; and the keys of clients.</summary>
public sealed class SettingsTogetherTests
{
    [Theory]
    [InlineData("127.0.0.1", "")]
    [InlineData("127.8.9.1", "")]
    [InlineData("::1", "")]
    [InlineData("localhost", " ")]
    [InlineData("0.0.0.0", "12345678")]
    [InlineData("*", "name:12345678")]
    public void Read_KeysOrLoopback_IsAllowed(string host, string keys) => Assert.NotNull(SettingRows.Good(("GATEWAY_HOST", host), ("API_KEYS", keys)));

    // A list of nothing is nothing: it must not open the gateway to the network.
    [Theory]
    [InlineData("0.0.0.0", "")]
    [InlineData("::", "   ")]
    [InlineData("*", ",")]
    [InlineData("192.168.1.5", " , ,, ")]
    public void Read_NoKeysOffLoopback_IsAFault(string host, string keys)
    {
        var (settings, faults) = SettingRows.Read(("GATEWAY_HOST", host), ("API_KEYS", keys));

        Assert.Null(settings);
        var fault = Assert.Single(faults);
        Assert.StartsWith("API_KEYS is empty while GATEWAY_HOST=" + host, fault, StringComparison.Ordinal);
        Assert.EndsWith("set API_KEYS, or listen on 127.0.0.1.", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("example.org", "", "GATEWAY_HOST=")]
    [InlineData("0.0.0.0", "short", "API_KEYS=")]
    public void Read_OneBadValue_IsNotReportedTwice(string host, string keys, string start)
    {
        var (_, faults) = SettingRows.Read(("GATEWAY_HOST", host), ("API_KEYS", keys));

        Assert.StartsWith(start, Assert.Single(faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("auto")]
    public void Read_UrlWithoutKind_IsAFault(string kind)
    {
        var (_, faults) = SettingRows.Read(("BACKEND_KIND", kind), ("BACKEND_BASE_URL", "http://a"));

        Assert.StartsWith("BACKEND_BASE_URL is set while BACKEND_KIND=auto", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnknownModelDefaultWithoutName_IsAFault()
    {
        var (_, faults) = SettingRows.Read(("GATEWAY_UNKNOWN_MODEL", "default"));

        Assert.StartsWith("GATEWAY_UNKNOWN_MODEL=default needs MODEL_NAME", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_UnknownModelDefaultWithBadName_ReportsTheName()
    {
        var (_, faults) = SettingRows.Read(("GATEWAY_UNKNOWN_MODEL", "default"), ("MODEL_NAME", "a\nb"));

        Assert.StartsWith("MODEL_NAME=", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ClientKeys_AreKeptAsHashesUnderTheirNames()
    {
        var keys = SettingRows.Good(("API_KEYS", "sk-first-key, team-a:sk-second:key ,:starts-with-colon")).ApiKeys;

        Assert.Equal(["key-1", "team-a", "key-3"], keys.Select(key => key.Name));
        Assert.Equal(
            new[] { "sk-first-key", "sk-second:key", ":starts-with-colon" }.Select(key => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)))),
            keys.Select(key => Convert.ToHexString(key.Hash)));
    }

    [Theory]
    [InlineData("sk-first-key,short,sk-third-key", "2")]
    [InlineData("sk-first-key,sk-second-key,sk-first-key", "3")]
    public void Read_BadClientKey_IsToldByItsPlace(string keys, string place)
    {
        var (_, faults) = SettingRows.Read(("API_KEYS", keys));

        Assert.StartsWith($"API_KEYS=*** (number {place}) is not allowed; allowed: ", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AdminKey_IsKeptAsHash()
    {
        var admin = SettingRows.Good(("ADMIN_API_KEY", "administrator")).AdminApiKey!;

        Assert.Equal(("admin", Convert.ToHexString(SHA256.HashData("administrator"u8))), (admin.Name, Convert.ToHexString(admin.Hash)));
    }
}
