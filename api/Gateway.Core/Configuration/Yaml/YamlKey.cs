using System.Text.Json;

namespace Gateway.Core.Configuration;

/// <summary>One name of a section: a row of the documentation's table, a property of the schema, and what the reader looks for.</summary>
/// <param name="Name">As it is written.</param>
/// <param name="Meaning">What it does, with its unit.</param>
public abstract record YamlKey(string Name, string Meaning)
{
    /// <summary>What holds without it, for the documentation; empty: nothing.</summary>
    public string Default { get; init; } = "";

    /// <summary>The section has no sense without it.</summary>
    public bool Required { get; init; }

    /// <summary>A reference to the environment that comes out empty is a fault here, not the same as leaving it out.</summary>
    public bool NeverEmpty { get; init; }

    public abstract YamlShape Shape { get; }

    public abstract bool TryRead(YamlReading reading, YamlNode node, string path, out object? value);

    public void WriteSchema(Utf8JsonWriter json)
    {
        json.WriteStartObject(Name);
        var fallback = Default.Length == 0 ? "" : $" Default: {Default}.";
        json.WriteString("description"u8, $"{Meaning} ({Shape.Takes}).{fallback}");
        Shape.WriteSchema(json);
        json.WriteEndObject();
    }
}

/// <summary>One name of a section, with what stands behind it.</summary>
public sealed record YamlKey<T>(string Name, YamlShape<T> Of, string Meaning) : YamlKey(Name, Meaning)
{
    public override YamlShape Shape => Of;

    public override bool TryRead(YamlReading reading, YamlNode node, string path, out object? value)
    {
        var found = Of.TryRead(reading, node, path, out var typed);
        value = typed;
        return found;
    }
}
