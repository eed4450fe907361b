using System.Text;
using Xunit;

namespace Gateway.Tests.Configuration.Yaml;

/// <summary>Files that are no settings at all: each is refused with one message, soon, and without much memory.</summary>
public sealed class YamlSafetyTests
{
    private const int Mega = 1024 * 1024;

    public static TheoryData<string, string> Broken => new()
    {
        { "", "1:1: the file is empty" },
        { "   \n\n", "1:1: the file is empty" },
        { "# only a comment\n", "1:1: the file is empty" },
        { "---\n", "1:1: the file is empty" },
        { "~", "1:1: the file is empty" },
        { "aliases:\n\ta: b\n", "2:1: the indentation has a tab" },
        { "aliases:\n  a: b\n \tc: d\n", "3:2: the indentation has a tab" },
        { "aliases:\n  a: b\n c: d\n", "3:2: this is not valid YAML: while parsing a block mapping" },
        { "aliases: {a: b\n", "2:1: this is not valid YAML" },
        { "aliases: {a: \"b}\n", "1:14: this is not valid YAML" },
        { "aliases: {a: b}}\n", "1:16: this is not valid YAML" },
        { "aliases: {a: @b}\n", "1:14: this is not valid YAML" },
        { "aliases: a: b\n", "1:11: this is not valid YAML" },
        { "aliases: {a: b}\n---\naliases: {c: d}\n", "2:1: a second document begins here" },
        { "aliases: {a: b}\naliases: {c: d}\n", "2:1: 'aliases' is set twice: it is in line 1 already." },
        { "aliases:\n  a: b\n  c: d\n  a: e\n", "4:3: 'a' is set twice: it is in line 2 already." },
        { "aliases: {a: *x}\n", "1:14: *x refers to nothing" },
        { "aliases: &x {a: *x}\n", "1:17: *x refers to the value that contains it." },
        { "aliases: {a: !!str b}\n", "1:14: the tag tag:yaml.org,2002:str has no meaning here" },
        { "aliases: {[a]: b}\n", "1:11: a name must be a text" },
        { "aliases: {<<: 5, a: b}\n", "1:15: << takes over the lines of a map" },
        { "aliases: {<<: [{a: b}, c]}\n", "1:24: << takes over the lines of a map" },
        { "aliases: {a: [[[[[[[[[[[[[[[[[[[[[[b]]]]]]]]]]]]]]]]]]]]]]}\n", "1:28: values are nested more than 16 deep here." },
        { "%YAML 9.9\n---\naliases: {a: b}\n", "1:1: this is not valid YAML" },
    };

    public static TheoryData<string, string> Heavy => new()
    {
        { "brackets", new string('[', Mega) },
        { "braces", new string('{', Mega) },
        { "dashes", string.Concat(Enumerable.Repeat("- ", Mega / 2)) },
        { "questions", string.Concat(Enumerable.Repeat("? ", Mega / 2)) },
        { "brackets in lines", "a: [" + string.Concat(Enumerable.Repeat("\n [", Mega / 4)) },
        { "list", $"[{string.Concat(Enumerable.Repeat("a,", (Mega / 2) - 1))}]" },
        { "text", new string('a', Mega) },
        { "key", new string('k', Mega - 10) + ": a" },
        { "lines", "a: \"" + string.Concat(Enumerable.Repeat("x\n  ", Mega / 5)) + "\"" },
        { "anchors", string.Concat(Enumerable.Range(0, 60_000).Select(i => $"- &a{i} x\n")) },
        { "colons", new string(':', Mega) },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void Read_BrokenFile_IsOneFaultWithItsPlace(string text, string expected) =>
        Assert.StartsWith("gateway.yaml:" + expected, Assert.Single(YamlFiles.Read(text).Faults), StringComparison.Ordinal);

    [Fact]
    public void Read_ReferencesThatMultiply_AreRefusedBeforeTheyAreFollowed()
    {
        var text = new StringBuilder("x-0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 12; i++)
        {
            text.Append("x-").Append(i).Append(": &a").Append(i).Append(" [").AppendJoin(", ", Enumerable.Repeat($"*a{i - 1}", 10)).Append("]\n");
        }

        Assert.Contains("more than 100000 values after its references are expanded", Assert.Single(YamlFiles.Read(text.ToString()).Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MergesThatMultiply_AreRefusedBeforeTheyAreFollowed()
    {
        var text = new StringBuilder("x-0: &a0 {a: b, c: d, e: f}\n");
        for (var i = 1; i < 12; i++)
        {
            text.Append("x-").Append(i).Append(": &a").Append(i).Append(" {<<: [").AppendJoin(", ", Enumerable.Repeat($"*a{i - 1}", 50)).Append("], k").Append(i).Append(": [").AppendJoin(", ", Enumerable.Repeat($"*a{i - 1}", 50)).Append("]}\n");
        }

        Assert.Contains("more than 100000 values", Assert.Single(YamlFiles.Read(text.ToString()).Faults), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Heavy))]
    public async Task Read_HeavyFile_ComesToAnEnd(string name, string text)
    {
        Assert.InRange(text.Length, 1, Mega);

        var result = await Task.Run(() => YamlFiles.Read(text)).WaitAsync(TimeSpan.FromSeconds(60));

        Assert.NotEmpty(result.Faults);
        Assert.All(result.Faults, fault => Assert.True(fault.Length < 1000, name));
    }

    [Fact]
    public void Read_OverTheLimit_IsRefusedUnread() =>
        Assert.Equal(["gateway.yaml:1:1: the file is over 1 MiB, the limit for settings."], YamlFiles.Read(new byte[Mega + 1]).Faults);

    [Fact]
    public void Read_ThousandsOfKeys_AreFine()
    {
        var text = "keys:\n" + string.Concat(Enumerable.Range(0, 2000).Select(i => $"  - {{name: k{i}, key: key-number-{i}, models: [a, b], requests_per_minute: 5}}\n"));

        Assert.Equal(2000, YamlFiles.Good(text).ApiKeys.Count);
    }

    [Theory]
    [InlineData(new byte[] { (byte)'a', (byte)':', (byte)' ', 0xff, (byte)'b' }, "1:4")]
    [InlineData(new byte[] { (byte)'a', (byte)'\n', (byte)'b', 0xc3, 0x28 }, "2:2")]
    [InlineData(new byte[] { 0xff, 0xfe, (byte)'a', 0 }, "1:1")]
    public void Read_NotUtf8_IsAFaultWithItsPlace(byte[] bytes, string place) =>
        Assert.Equal([$"gateway.yaml:{place}: the file is not UTF-8 text from here on."], YamlFiles.Read(bytes).Faults);
}
