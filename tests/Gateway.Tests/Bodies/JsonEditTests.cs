using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Proxy.Requests;
using Xunit;

namespace Gateway.Tests.Bodies;

/// <summary>Changes to a body touch the members they are meant for, and no other byte.</summary>
public sealed class JsonEditTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Fact]
    public void Current_MemberIsDropped_IsNull()
    {
        var (_, edit) = Start("""{"stream_options":null,"n":1}""");

        edit.Drop(0);

        Assert.Null(edit.Current("stream_options"u8));
        Assert.True(edit.Current("n"u8)?.Span.SequenceEqual("1"u8));
    }

    [Fact]
    public void Current_Member_IsWhatItWillBe()
    {
        var (_, edit) = Start("""{"a":1,"b":[ 2 ],"b":3}""");
        edit.Replace(0, "9"u8.ToArray());
        edit.Add("c"u8.ToArray(), "4"u8.ToArray());

        Assert.Equal(["9", "[ 2 ]", "4", null], ((string[])["a", "b", "c", "d"]).Select(name => Text(edit.Current(Encoding.UTF8.GetBytes(name)))));
        Assert.Equal(["9", "[ 2 ]", "3"], Enumerable.Range(0, 3).Select(i => Text(edit.Current(i))));
    }

    [Theory]
    [InlineData("{}", """{"z":1}""")]
    [InlineData(" { \n } ", " { \n \"z\":1} ")]
    [InlineData("""{"a":1}""", """{"a":1,"z":1}""")]
    [InlineData("""{ "a" : 1 , "b" : 2 }""", """{ "a" : 1 , "b" : 2,"z":1 }""")]
    [InlineData("""{"a":"}"}  """, """{"a":"}","z":1}  """)]
    public void Add_Member_ComesLast(string body, string expected)
    {
        var (_, edit) = Start(body);

        edit.Add("z"u8.ToArray(), "1"u8.ToArray());

        Assert.Equal(expected, Written(edit));
    }

    [Fact]
    public void Add_Twice_KeepsTheLast()
    {
        var (_, edit) = Start("""{"a":1}""");

        edit.Add("z"u8.ToArray(), "1"u8.ToArray());
        edit.Add("z"u8.ToArray(), "2"u8.ToArray());

        Assert.Equal("""{"a":1,"z":2}""", Written(edit));
    }

    [Theory]
    [InlineData("0", """{ "b" : 2 , "c":3 }""")]
    [InlineData("1", """{ "a" : 1 , "c":3 }""")]
    [InlineData("2", """{ "a" : 1 , "b" : 2 }""")]
    [InlineData("0 1", """{ "c":3 }""")]
    [InlineData("1 2", """{ "a" : 1 }""")]
    [InlineData("0 2", """{ "b" : 2 }""")]
    [InlineData("0 1 2", """{  }""")]
    public void Drop_Members_TakesOneCommaEach(string indexes, string expected)
    {
        var (_, edit) = Start("""{ "a" : 1 , "b" : 2 , "c":3 }""");

        foreach (var index in indexes.Split(' '))
        {
            edit.Drop(int.Parse(index, CultureInfo.InvariantCulture));
        }

        Assert.Equal(expected, Written(edit));
    }

    [Fact]
    public void Replace_AfterDrop_BringsTheMemberBack()
    {
        var (_, edit) = Start("""{"a":1,"b":2}""");

        edit.Drop(0);
        edit.Replace(0, "3"u8.ToArray());

        Assert.Equal("""{"a":3,"b":2}""", Written(edit));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void WriteTo_NoChange_IsTheSameBytes(int seed)
    {
        for (var i = 0; i < 50; i++)
        {
            var text = new RandomObject((seed * 1000) + i).Text;
            var (_, edit) = Start(text);

            Assert.True(edit.IsEmpty);
            Assert.Equal(text, Written(edit));
        }
    }

    /// <summary>The same changes made to the pieces the object was made of, and to what an ordinary JSON reader sees in it.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void WriteTo_RandomChanges_LeavesEveryOtherByte(int seed)
    {
        for (var i = 0; i < 50; i++)
        {
            var made = new RandomObject((seed * 1000) + i);
            var random = new Random(seed + (i * 7919));
            var (members, edit) = Start(made.Text);
            var changes = made.Members.Select(_ => random.Next(3) switch { 0 => null, 1 => "{\"new\": [\"}\"]}", _ => "keep" }).ToArray();
            var added = Enumerable.Range(0, random.Next(3)).Select(n => FormattableString.Invariant($"added_{n}")).ToArray();

            for (var m = 0; m < members.All.Count; m++)
            {
                Apply(edit, m, changes[m]);
            }

            Array.ForEach(added, name => edit.Add(Encoding.UTF8.GetBytes(name), "\"v\""u8.ToArray()));

            var written = Written(edit);
            Assert.Equal(Expected(made, changes, added), written);
            Assert.Equal(Meaning(made.Text, changes, added), Properties(written));
        }
    }

    private static void Apply(JsonEdit edit, int index, string? change)
    {
        if (change is null)
        {
            edit.Drop(index);
        }
        else if (change != "keep")
        {
            edit.Replace(index, Encoding.UTF8.GetBytes(change));
        }
    }

    // What stands between two members goes with the second of them.
    private static string Expected(RandomObject made, string?[] changes, string[] added)
    {
        var text = new StringBuilder();
        for (var i = 0; i < made.Members.Count; i++)
        {
            var (member, change) = (made.Members[i], changes[i]);
            if (change is not null)
            {
                text.Append(text.Length == 0 ? "" : made.Members[i - 1].After + "," + member.Before).Append(member.Head).Append(change == "keep" ? member.Value : change);
            }
        }

        foreach (var name in added)
        {
            text.Append(text.Length == 0 ? "" : ",").Append(CultureInfo.InvariantCulture, $"\"{name}\":\"v\"");
        }

        var (before, after) = made.Members.Count == 0 ? (made.Empty, "") : (made.Members[0].Before, made.Members[^1].After);
        return made.Lead + "{" + before + text + after + "}" + made.Tail;
    }

    private static List<(string Name, string Value)> Meaning(string body, string?[] changes, string[] added) =>
        [
            .. Properties(body).Zip(changes).Where(pair => pair.Second is not null).Select(pair => (pair.First.Name, pair.Second == "keep" ? pair.First.Value : pair.Second!)),
            .. added.Select(name => (name, "\"v\"")),
        ];

    private static List<(string Name, string Value)> Properties(string body)
    {
        using var document = JsonDocument.Parse(body);
        return [.. document.RootElement.EnumerateObject().Select(property => (property.Name, property.Value.GetRawText()))];
    }

    private static (JsonMembers Members, JsonEdit Edit) Start(string body)
    {
        Assert.True(JsonMembers.TryParse(Encoding.UTF8.GetBytes(body), out var members, out var fault), fault);
        return (members, new JsonEdit(members));
    }

    private static string Written(JsonEdit edit)
    {
        var buffer = new ArrayBufferWriter<byte>();
        edit.WriteTo(buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string? Text(ReadOnlyMemory<byte>? bytes) => bytes is { } value ? Encoding.UTF8.GetString(value.Span) : null;
}
