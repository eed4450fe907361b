namespace Gateway.Core.Configuration;

/// <summary>Where something stands in the file, counted from 1.</summary>
public readonly record struct YamlPlace(int Line, int Column);

/// <summary>A value of the file.</summary>
public abstract class YamlNode(YamlPlace place)
{
    public YamlPlace Place { get; } = place;

    /// <summary>How many values it holds, itself included, and what it refers to counted each time.</summary>
    public abstract int Size { get; }

    /// <summary>What it is, for messages.</summary>
    public abstract string Word { get; }
}

/// <summary>A text, a number or a flag: which of them is decided by whoever reads it.</summary>
public sealed class YamlScalar(YamlPlace place, string text, bool plain) : YamlNode(place)
{
    public string Text { get; } = text;

    public bool IsNull { get; } = plain && text is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>It stands there without quotes.</summary>
    public bool IsPlain { get; } = plain;

    public override int Size => 1;

    public override string Word => "a single value";
}

/// <summary>A list.</summary>
public sealed class YamlList(YamlPlace place, IReadOnlyList<YamlNode> items) : YamlNode(place)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;

    public override int Size { get; } = 1 + items.Sum(item => item.Size);

    public override string Word => "a list";
}

/// <summary>Names with their values, none twice.</summary>
public sealed class YamlMap(YamlPlace place, IReadOnlyList<YamlPair> pairs) : YamlNode(place)
{
    public IReadOnlyList<YamlPair> Pairs { get; } = pairs;

    public override int Size { get; } = 1 + pairs.Sum(pair => 1 + pair.Value.Size);

    public override string Word => "a map of names to values";
}

/// <summary>One line of a map.</summary>
public sealed record YamlPair(YamlScalar Key, YamlNode Value);
