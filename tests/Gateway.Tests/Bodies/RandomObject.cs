using System.Text;

namespace Gateway.Tests.Bodies;

/// <summary>A JSON object made by chance, in the pieces it was made of.</summary>
internal sealed class RandomObject
{
    private static readonly string[] Spaces = ["", "", "", " ", "\n", "\t ", "\r\n  "];

    private static readonly string[] Names = ["model", "n", "stream", "stop", "a b", "ünï", "😀", "", "x\\\"y", "\\u006dodel", "\\ud83d\\ude00", "\\n"];

    private readonly Random _random;

    public RandomObject(int seed)
    {
        _random = new Random(seed);
        (Lead, Tail) = (Space(), Space());
        var count = _random.Next(8);
        Empty = count == 0 ? Space() : "";
        Members = [.. Enumerable.Range(0, count).Select(_ => Member())];
    }

    public string Lead { get; }

    /// <summary>White space in an object of no members.</summary>
    public string Empty { get; }

    public string Tail { get; }

    public IReadOnlyList<RandomMember> Members { get; }

    public string Text => Lead + "{" + Empty + string.Join(',', Members.Select(member => member.Before + member.Head + member.Value + member.After)) + "}" + Tail;

    private RandomMember Member()
    {
        var name = Names[_random.Next(Names.Length)];
        return new RandomMember(Space(), $"\"{name}\"{Space()}:{Space()}", Value(3), Space());
    }

    private string Space() => Spaces[_random.Next(Spaces.Length)];

    private string Value(int depth) => _random.Next(depth == 0 ? 6 : 8) switch
    {
        0 => "null",
        1 => _random.Next(2) == 0 ? "true" : "false",
        2 => (string[])["0", "-0", "1e999", "1.50e-3", "12345678901234567890", "-7"] is var numbers ? numbers[_random.Next(numbers.Length)] : "",
        3 or 4 or 5 => String(),
        6 => Nested("[", "]", () => Value(depth - 1)),
        _ => Nested("{", "}", () => $"\"{Names[_random.Next(Names.Length)]}\"{Space()}:{Value(depth - 1)}"),
    };

    private string Nested(string open, string close, Func<string> item) =>
        open + Space() + string.Join(',', Enumerable.Range(0, _random.Next(4)).Select(_ => Space() + item() + Space())) + close;

    private string String()
    {
        string[] pieces = ["a", "}", "]", "{\\\"model\\\":1}", "\\\\", "\\\"", ",", ":", "\\u0000", "\\ud800", "é", "漢", "😀", " ", "/", "\\/"];
        var text = new StringBuilder("\"");
        for (var i = _random.Next(6); i > 0; i--)
        {
            text.Append(pieces[_random.Next(pieces.Length)]);
        }

        return text.Append('"').ToString();
    }
}

/// <summary>One member of it: white space, name with colon, value, white space.</summary>
internal sealed record RandomMember(string Before, string Head, string Value, string After);
