using System.Text;
using Gateway.Core.Errors;
using Xunit;

namespace Gateway.Tests.Errors;

/// <summary>An engine's key is found however it is written, and nothing else is touched.</summary>
public sealed class SecretTextTests
{
    private const string Key = "engine-key+98765/x";

    public static TheoryData<string> Written => new()
    {
        Key,
        Key.ToUpperInvariant(),
        Uri.EscapeDataString(Key),
        Convert.ToHexString(Encoding.UTF8.GetBytes(Key)).ToLowerInvariant(),
        Base64(Key),
        Base64("Bearer " + Key),
        Base64("u:" + Key + "\r\n"),
        Base64("us:" + Key).Replace('+', '-').Replace('/', '_'),
    };

    [Theory]
    [MemberData(nameof(Written))]
    public void Clean_KeyInAnyForm_IsMasked(string written)
    {
        var secret = new SecretText(Key);
        var text = $"before {written} after";

        Assert.True(secret.IsIn(text));
        var clean = secret.Clean(text);
        Assert.False(secret.IsIn(clean));
        Assert.StartsWith("before ", clean, StringComparison.Ordinal);
        Assert.Contains("***", clean, StringComparison.Ordinal);
        Assert.EndsWith(" after", clean, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "none of the models", "*** of the models")]
    [InlineData("none", "nonexistent, nonesuch", "nonexistent, nonesuch")]
    [InlineData("x", "max x, (x)", "max ***, (***)")]
    public void Clean_ShortKey_IsMaskedWhereItStandsAlone(string key, string text, string clean) => Assert.Equal(clean, new SecretText(key).Clean(text));

    [Fact]
    public void Clean_OtherText_IsTheSameObject()
    {
        const string Text = "engine-key is missing";

        Assert.Same(Text, new SecretText(Key).Clean(Text));
    }

    [Fact]
    public void CleanJson_KeyInNamesAndEscapedTexts_IsMaskedAndTheRestKept()
    {
        var clean = new SecretText("engine-key-98765").CleanJson("""{"a":["\u0065ngine-key-98765",1.50,null,true],"engine-key-98765":{"b":1e400}}"""u8);

        Assert.Equal("""{"a":["***",1.50,null,true],"***":{"b":1e400}}""", Encoding.UTF8.GetString(clean!));
    }

    [Theory]
    [InlineData("the end is engine-key+98", "the end is ***")]
    [InlineData("the end is engine", "the end is ***")]
    [InlineData("the end is eng", "the end is eng")]
    public void WithoutBeginning_TextThatWasCut_EndsBeforeTheKey(string text, string clean) => Assert.Equal(clean, new SecretText(Key).WithoutBeginning(text));

    [Theory]
    [InlineData("""{"a":"b"}""")]
    [InlineData("{")]
    [InlineData("")]
    public void CleanJson_NothingToMask_IsNull(string json) => Assert.Null(new SecretText(Key).CleanJson(Encoding.UTF8.GetBytes(json)));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
