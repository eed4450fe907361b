using System.Text;
using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>A <c>.env</c> means what is written in it, and what it cannot mean is reported with its line.</summary>
public sealed class EnvFileTests
{
    [Theory]
    [InlineData("A=plain", "plain")]
    [InlineData("A=", "")]
    [InlineData("A = spaced  ", "spaced")]
    [InlineData("  export A=exported", "exported")]
    [InlineData("export\tA=tab", "tab")]
    [InlineData("A=two words", "two words")]
    [InlineData("A=value # comment", "value")]
    [InlineData("A=value\t# comment", "value")]
    [InlineData("A= # nothing but a comment", "")]
    [InlineData("A=a#b", "a#b")]
    [InlineData("A=#not-a-comment", "#not-a-comment")]
    [InlineData("A=a=b=c", "a=b=c")]
    [InlineData("A='single $X # \\n'", "single $X # \\n")]
    [InlineData("A=\"double # sign\" # comment", "double # sign")]
    [InlineData("A=\"tab\\tline\\nquote\\\"dollar\\$back\\\\slash\"", "tab\tline\nquote\"dollar$back\\slash")]
    [InlineData("A=\"\\777\"", "\\777")]
    [InlineData("A=\"abc\\400def\"", "abc\\400def")]
    [InlineData("A=\"C:\\700\"", "C:\\700")]
    [InlineData("A=\"\\x41\\u0041\\U00110000\\q\"", "\\x41\\u0041\\U00110000\\q")]
    [InlineData("A=C:\\new\\table", "C:\\new\\table")]
    [InlineData("A='C:\\folder\\'", "C:\\folder\\")]
    [InlineData("A=\"one\ntwo\"", "one\ntwo")]
    [InlineData("A='one\n# two\nthree'", "one\n# two\nthree")]
    [InlineData("A='it\\'s'", "it's")]
    [InlineData("A=it's", "it's")]
    [InlineData("A=5\"", "5\"")]
    [InlineData("A='tis the season", "'tis the season")]
    [InlineData("A=\"a\",\"b\"", "\"a\",\"b\"")]
    [InlineData("A={\"a\":\"b\"}", "{\"a\":\"b\"}")]
    [InlineData("A=[{\"name\":\"a\",\"url\":\"http://h:9/g.yaml\"}]", "[{\"name\":\"a\",\"url\":\"http://h:9/g.yaml\"}]")]
    [InlineData("A=sk-abc$ijkl", "sk-abc$ijkl")]
    [InlineData("A=sk-abc$$ijkl$", "sk-abc$$ijkl$")]
    [InlineData("A=\"sk-abc$ijkl\"", "sk-abc$ijkl")]
    [InlineData("A=$1$2", "$1$2")]
    [InlineData("A=$${HOST}", "${HOST}")]
    [InlineData("A=\"\\${HOST}\"", "${HOST}")]
    [InlineData("A=${HOST}/v1", "gpu-a/v1")]
    [InlineData("A=\"http://${HOST}:8001\"", "http://gpu-a:8001")]
    [InlineData("B=one\nA=$B/${B}", "one/one")]
    [InlineData("A=${NONE:-a default}", "a default")]
    [InlineData("A=${NONE-${HOST}}", "gpu-a")]
    [InlineData("A=${EMPTY-kept}", "")]
    [InlineData("A=${EMPTY:-filled}", "filled")]
    [InlineData("A=${HOST:+there}${NONE+not}", "there")]
    [InlineData("A=${HOST", "${HOST")]
    [InlineData("A=${}", "${}")]
    [InlineData("A=1\nA=2", "2")]
    [InlineData("A=crlf\r\nB=1\r\n", "crlf")]
    [InlineData("A=cr\rB=1", "cr")]
    [InlineData("\uFEFFA=mark", "mark")]
    [InlineData("A=ümlaut 漢", "ümlaut 漢")]
    public void Line_Read_GivesWhatIsWritten(string text, string expected)
    {
        var file = Read(text);

        Assert.Empty(file.Faults);
        Assert.Equal(expected, file.Values["A"]);
    }

    [Theory]
    [InlineData("export A")]
    [InlineData("A")]
    [InlineData("# A=1")]
    [InlineData("")]
    public void Line_SetsNothing_IsNoFault(string text)
    {
        var file = Read(text);

        Assert.Empty(file.Faults);
        Assert.Empty(file.Values);
    }

    [Theory]
    [InlineData("OK=1\n\n???", 3)]
    [InlineData("two words", 1)]
    [InlineData("=value", 1)]
    [InlineData("1A=value", 1)]
    [InlineData("A='one\ntwo'\nsecret-key-1234", 3)]
    public void Line_NoAssignment_IsToldByItsNumberWithoutItsText(string text, int line)
    {
        var fault = Assert.Single(Read(text).Faults);

        Assert.Equal(FormattableString.Invariant($"/x/.env, line {line}: it is not NAME=value."), fault);
    }

    [Theory]
    [InlineData("API_KEYS=sk-abcdefgh${NONE}", "NONE")]
    [InlineData("API_KEYS=\"sk-abcdefgh${NONE}\"", "NONE")]
    [InlineData("\nAPI_KEYS=sk-abcdefgh${NONE:?set it}", "NONE")]
    [InlineData("API_KEYS=sk-abcdefgh${HOST:+${NONE}}", "NONE")]
    public void Setting_RefersToNothing_IsAFaultWithLineAndName(string text, string name)
    {
        var fault = Assert.Single(Read(text).Faults);

        Assert.Contains(FormattableString.Invariant($"line {text.Split('\n').Length}: API_KEYS refers to ${{{name}}}"), fault, StringComparison.Ordinal);
        Assert.DoesNotContain("sk-abc", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void OtherVariable_RefersToNothing_IsAWarningAndEmptyThere()
    {
        var file = Read("OTHER=a${NONE}b");

        Assert.Empty(file.Faults);
        Assert.Contains("line 1: OTHER refers to ${NONE}", Assert.Single(file.Warnings), StringComparison.Ordinal);
        Assert.Equal("ab", file.Values["OTHER"]);
    }

    [Theory]
    [InlineData("API_KEYS=\"sk-abcdefgh", "is not closed")]
    [InlineData("API_KEYS=\"sk-abcdefgh\",\"sk-ijklmnop\"", "text follows the closing quote")]
    [InlineData("OTHER=\"5\nAPI_KEYS=sk-abcdefgh\nB=\"", "")]
    [InlineData("MODEL_NAME=\"5\nAPI_KEYS=sk-abcdefgh\nB=\"", "end in line 3, with API_KEYS in between")]
    public void Setting_LoneQuote_IsAFault(string text, string expected)
    {
        var file = Read(text);

        Assert.Contains(expected, (file.Faults.Count > 0 ? file.Faults : file.Warnings)[0], StringComparison.Ordinal);
        Assert.DoesNotContain("sk-", string.Concat(file.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Setting_BareDollar_IsTakenWithAWarningThatHidesIt()
    {
        var file = Read("API_KEYS=sk-abcdefgh$ijkl");

        Assert.Equal("sk-abcdefgh$ijkl", file.Values["API_KEYS"]);
        var warning = Assert.Single(file.Warnings);
        Assert.Contains("line 1: a $ in API_KEYS is literal here", warning, StringComparison.Ordinal);
        Assert.DoesNotContain("ijkl", warning, StringComparison.Ordinal);
    }

    [Fact]
    public void Setting_Twice_IsAWarning() =>
        Assert.Contains("line 3: MODEL_NAME is set in line 1 already", Assert.Single(Read("MODEL_NAME=a\n\nMODEL_NAME=b").Warnings), StringComparison.Ordinal);

    [Fact]
    public void Bytes_NotUtf8_AreAFaultOfASettingOnly()
    {
        Assert.Contains("line 2: MODEL_NAME is not text in UTF-8", Assert.Single(Read([.. "# caf"u8, 0xE9, .. "\nMODEL_NAME=caf"u8, 0xE9]).Faults), StringComparison.Ordinal);
        Assert.Empty(Read([.. "OTHER=caf"u8, 0xE9]).Faults);
    }

    [Fact]
    public void Bytes_Utf16WithItsMark_AreRead() =>
        Assert.Equal("b", Read([0xFF, 0xFE, .. Encoding.Unicode.GetBytes("A=b\r\n")]).Values["A"]);

    [Fact]
    public void Bytes_Nul_AreAFault()
    {
        Assert.Contains("NUL", Assert.Single(Read("MODEL_NAME=a\0b").Faults), StringComparison.Ordinal);
        Assert.False(Read("OTHER=a\0b").Values.ContainsKey("OTHER"));
    }

    [Fact]
    public void File_OverItsLimit_IsAFault() => Assert.Contains("is over 1024 KiB", Assert.Single(Read(new byte[1024 * 1024 + 1]).Faults), StringComparison.Ordinal);

    [Fact]
    public void Process_Variable_ComesBeforeTheFiles() => Assert.Equal("gpu-a", Read("HOST=other\nA=${HOST}").Values["A"]);

    private static EnvFile Read(string text) => Read(Encoding.UTF8.GetBytes(text));

    private static EnvFile Read(byte[] bytes) => EnvFile.Read(bytes, "/x/.env", new Dictionary<string, string> { ["HOST"] = "gpu-a", ["EMPTY"] = "" });
}
