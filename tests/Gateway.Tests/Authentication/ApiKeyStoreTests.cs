using System.Globalization;
using Gateway.Core.Configuration;
using Gateway.Proxy.Keys;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Gateway.Tests.Authentication;

/// <summary>Which presented keys are taken, and under which name.</summary>
public sealed class ApiKeyStoreTests
{
    private static readonly ApiKeyStore Store = StoreOf("sk-first-key", "team:sk-second-key");

    [Theory]
    [InlineData("Authorization", "Bearer sk-first-key", "key-1")]
    [InlineData("authorization", "bearer sk-second-key", "team")]
    [InlineData("Authorization", "BEARER   sk-second-key ", "team")]
    [InlineData("x-api-key", "sk-second-key", "team")]
    [InlineData("X-API-Key", " sk-first-key ", "key-1")]
    public void Check_RightKey_IsAcceptedByName(string header, string value, string expected)
    {
        Assert.Equal(KeyCheck.Accepted, Store.Check(new HeaderDictionary { [header] = value }, out var key));
        Assert.Equal(expected, key?.Name);
    }

    [Theory]
    [InlineData("Bearer sk-first-ke")]
    [InlineData("Bearer sk-first-keyy")]
    [InlineData("Bearer SK-FIRST-KEY")]
    [InlineData("Bearer sk-first-key,sk-second-key")]
    [InlineData("Bearer team:sk-second-key")]
    [InlineData("Bearer sk-first-key sk-first-key")]
    [InlineData("Bearer ключ")]
    [InlineData("Bearer \ud800")]
    public void Check_AnyOtherKey_IsWrong(string value)
    {
        Assert.Equal(KeyCheck.Wrong, Store.Check(new HeaderDictionary { ["Authorization"] = value }, out var key));
        Assert.Null(key);
    }

    [Theory]
    [InlineData("websocket", "realtime, openai-insecure-api-key.sk-first-key, openai-beta.realtime-v1", "Accepted")]
    [InlineData("WebSocket", "openai-insecure-api-key.sk-second-key", "Accepted")]
    [InlineData("websocket", "openai-insecure-api-key.sk-third-key", "Wrong")]
    [InlineData("websocket", "realtime", "Missing")]
    [InlineData("", "openai-insecure-api-key.sk-first-key", "Missing")]
    public void Check_KeyAmongTheSubprotocols_IsTakenFromWebSocketsOnly(string upgrade, string protocols, string expected) =>
        Assert.Equal(expected, Store.Check(new HeaderDictionary { ["Upgrade"] = upgrade, ["Sec-WebSocket-Protocol"] = protocols }, out _).ToString());

    [Theory]
    [InlineData(513)]
    [InlineData(100_000)]
    public void Check_VeryLongKey_IsWrong(int length) =>
        Assert.Equal(KeyCheck.Wrong, Store.Check(new HeaderDictionary { ["x-api-key"] = new string('é', length) }, out _));

    [Fact]
    public void Check_LongestKey_IsAccepted()
    {
        var key = new string('k', 512);

        Assert.Equal(KeyCheck.Accepted, StoreOf(key).Check(new HeaderDictionary { ["x-api-key"] = key }, out _));
    }

    [Theory]
    [InlineData("X-Other", "sk-first-key")]
    [InlineData("Authorization", "")]
    [InlineData("Authorization", "Bearer")]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "Basic sk-first-key")]
    [InlineData("Authorization", "sk-first-key")]
    [InlineData("Authorization", "Bearersk-first-key")]
    [InlineData("x-api-key", " ")]
    public void Check_NoKey_IsMissing(string header, string value) =>
        Assert.Equal(KeyCheck.Missing, Store.Check(new HeaderDictionary { [header] = value }, out _));

    [Theory]
    [InlineData("Authorization", "Bearer sk-first-key")]
    [InlineData("x-api-key", "sk-first-key")]
    public void Check_HeaderTwice_IsNoKey(string header, string value) =>
        Assert.Equal(KeyCheck.Missing, Store.Check(new HeaderDictionary { [header] = new([value, value]) }, out _));

    // Whoever sends both means the first; a wrong one is not saved by the other.
    [Theory]
    [InlineData("Bearer wrong-key", "sk-first-key", "Wrong")]
    [InlineData("Bearer sk-first-key", "wrong-key", "Accepted")]
    [InlineData("Basic dXNlcjpwYXNz", "sk-first-key", "Accepted")]
    public void Check_BothHeaders_AuthorizationDecides(string authorization, string apiKey, string expected) =>
        Assert.Equal(expected, Store.Check(new HeaderDictionary { ["Authorization"] = authorization, ["x-api-key"] = apiKey }, out _).ToString());

    [Fact]
    public void Check_NoKeysSet_AcceptsAnybodyWithoutAName()
    {
        var store = StoreOf();

        Assert.True(store.Anonymous);
        Assert.Equal(KeyCheck.Accepted, store.Check(new HeaderDictionary { ["Authorization"] = "Bearer whatever" }, out var key));
        Assert.Null(key);
    }

    [Fact]
    public void Check_ThousandKeys_FindsEachByItsOwnName()
    {
        var store = StoreOf([.. Enumerable.Range(1, 1000).Select(i => string.Create(CultureInfo.InvariantCulture, $"name-{i}:sk-number-{i}"))]);

        Assert.All(Enumerable.Range(1, 1000), i =>
        {
            Assert.Equal(KeyCheck.Accepted, store.Check(new HeaderDictionary { ["x-api-key"] = FormattableString.Invariant($"sk-number-{i}") }, out var key));
            Assert.Equal(FormattableString.Invariant($"name-{i}"), key?.Name);
        });
    }

    // Only part of the hash is looked up: the rest has to fit as well.
    [Fact]
    public void Check_KeyWithTheSameBeginningOfItsHash_IsWrong()
    {
        var hash = SettingParsers.Hash("sk-first-key");
        hash[^1] ^= 1;

        Assert.Equal(KeyCheck.Wrong, new ApiKeyStore([new ClientKey("other", hash)]).Check(new HeaderDictionary { ["x-api-key"] = "sk-first-key" }, out _));
    }

    private static ApiKeyStore StoreOf(params string[] keys) => new([.. keys.Select((key, i) => SettingParsers.NamedKey(key, i + 1)!)]);
}
