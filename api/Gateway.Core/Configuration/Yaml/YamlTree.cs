using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gateway.Core.Configuration;

/// <summary>
/// Turns the bytes of a file into values with their places. Everything that could make a small file big, deep or ambiguous ends
/// here: size, nesting, references that multiply, tags, a name given twice, a second document.
/// </summary>
public sealed class YamlTree
{
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Some tools write it before <c>&lt;&lt;</c>, where it says nothing new.</summary>
    private const string MergeTag = "tag:yaml.org,2002:merge";
    private const int MaxDepth = 16;
    private const int MaxValues = 100_000;

    private readonly IParser _parser;
    private readonly List<YamlFault> _faults;
    private readonly Dictionary<AnchorName, YamlNode?> _anchors = [];
    private int _values;

    private YamlTree(IParser parser, List<YamlFault> faults)
    {
        _parser = parser;
        _faults = faults;
    }

    /// <summary>Reads the one document of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="faults">Gets what is wrong.</param>
    /// <returns>Its value, or null where there is none.</returns>
    public static YamlNode? Parse(ReadOnlySpan<byte> bytes, List<YamlFault> faults)
    {
        if (bytes.Length > MaxBytes)
        {
            faults.Add(new YamlFault(new(1, 1), "", "the file is over 1 MiB, the limit for settings."));
            return null;
        }

        if (YamlSource.Decode(bytes, faults) is not { } text)
        {
            return null;
        }

        var parser = new Parser(new StringReader(text));
        try
        {
            return new YamlTree(parser, faults).ReadDocument();
        }
        catch (YamlException e)
        {
            faults.Add(YamlSource.Explain(text, e));
            return null;
        }
#pragma warning disable CA1031 // On some texts the parser fails with exceptions that are not its own.
        catch (Exception)
#pragma warning restore CA1031
        {
            faults.Add(new YamlFault(parser.Current is { } last ? Place(last) : new(1, 1), "", "what follows is not YAML."));
            return null;
        }
    }

    private YamlNode? ReadDocument()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.Accept<DocumentStart>(out _))
        {
            return Empty();
        }

        _parser.Consume<DocumentStart>();
        var root = ReadNode(1);
        _parser.Consume<DocumentEnd>();
        if (_parser.Accept<DocumentStart>(out var next))
        {
            throw Stop(next, "a second document begins here: a file has only one.");
        }

        return root is YamlScalar { IsNull: true } ? Empty() : root;
    }

    private YamlNode? Empty()
    {
        _faults.Add(new YamlFault(new(1, 1), "", "the file is empty: it needs at least one of its sections."));
        return null;
    }

    private YamlNode ReadNode(int depth)
    {
        if (depth > MaxDepth)
        {
            throw Stop(_parser.Current!, FormattableString.Invariant($"values are nested more than {MaxDepth} deep here."));
        }

        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return Follow(alias);
        }

        var start = (NodeEvent)_parser.Current!;
        Count(start, 1);
        if (!start.Tag.IsEmpty && !start.Tag.IsNonSpecific && start.Tag.Value != MergeTag)
        {
            _faults.Add(new YamlFault(Place(start), "", $"the tag {start.Tag.Value} has no meaning here: write the value without it."));
        }

        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor] = null;
        }

        var node = ReadValue(depth);
        if (!start.Anchor.IsEmpty)
        {
            _anchors[start.Anchor] = node;
        }

        return node;
    }

    private YamlNode ReadValue(int depth)
    {
        if (_parser.TryConsume<Scalar>(out var scalar))
        {
            return new YamlScalar(Place(scalar), scalar.Value, scalar.Style == ScalarStyle.Plain);
        }

        if (_parser.TryConsume<SequenceStart>(out var sequence))
        {
            var items = new List<YamlNode>();
            while (!_parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(ReadNode(depth + 1));
            }

            return new YamlList(Place(sequence), items);
        }

        var start = _parser.Consume<MappingStart>();
        var pairs = new YamlPairs(_faults);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var at = _parser.Current!;
            pairs.Add(ReadNode(depth + 1) as YamlScalar ?? throw Stop(at, "a name must be a text, not a list or a map."), ReadNode(depth + 1));
        }

        return new YamlMap(Place(start), pairs.Close());
    }

    private YamlNode Follow(AnchorAlias alias)
    {
        if (!_anchors.TryGetValue(alias.Value, out var node))
        {
            throw Stop(alias, $"*{alias.Value.Value} refers to nothing: there is no &{alias.Value.Value} before it.");
        }

        if (node is null)
        {
            throw Stop(alias, $"*{alias.Value.Value} refers to the value that contains it.");
        }

        Count(alias, node.Size);
        return node;
    }

    private void Count(ParsingEvent at, int values)
    {
        _values += values;
        if (_values > MaxValues)
        {
            throw Stop(at, FormattableString.Invariant($"the file has more than {MaxValues} values after its references are expanded."));
        }
    }

    private static YamlPlace Place(ParsingEvent at) => new((int)at.Start.Line, (int)at.Start.Column);

    private static SemanticErrorException Stop(ParsingEvent at, string message) => new(at.Start, at.End, message);
}
