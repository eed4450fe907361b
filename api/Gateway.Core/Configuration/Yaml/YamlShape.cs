using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gateway.Core.Configuration;

/// <summary>What a value of the file looks like: the one source of its reading, its schema for editors and its documentation.</summary>
public abstract class YamlShape
{
    /// <summary>What is allowed, as messages and the documentation say it.</summary>
    public abstract string Takes { get; }

    /// <summary>The tables of the sections that it holds, outermost first.</summary>
    public virtual IEnumerable<YamlTable> Tables => [];

    /// <summary>Writes the members of its JSON schema.</summary>
    public abstract void WriteSchema(Utf8JsonWriter json);
}

/// <summary>What a value of the file looks like, and what it becomes.</summary>
/// <typeparam name="T">What it becomes.</typeparam>
public abstract class YamlShape<T> : YamlShape
{
    /// <summary>Reads a value; tells the reading what is wrong with it.</summary>
    /// <returns>False where there is none: it is wrong, or it refers to a variable that may be empty.</returns>
    public abstract bool TryRead(YamlReading reading, YamlNode node, string path, [MaybeNullWhen(false)] out T value);
}
