using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Gateway.Core.Configuration;

/// <summary>A value that remembers where it stands, so that it can be compared with others later.</summary>
public sealed record YamlFound<T>(T Value, YamlPlace Place, string Path);

/// <summary>Keeps the place of a value.</summary>
internal sealed class YamlFoundShape<T>(YamlShape<T> inner) : YamlShape<YamlFound<T>>
{
    public override string Takes => inner.Takes;

    public override IEnumerable<YamlTable> Tables => inner.Tables;

    public override bool TryRead(YamlReading reading, YamlNode node, string path, [MaybeNullWhen(false)] out YamlFound<T> value)
    {
        value = inner.TryRead(reading, node, path, out var read) ? new YamlFound<T>(read, node.Place, path) : null;
        return value is not null;
    }

    public override void WriteSchema(Utf8JsonWriter json) => inner.WriteSchema(json);
}
