using System.Text.Json;

namespace Gateway.Proxy.Requests;

/// <summary>Where one top-level member of a JSON object lies in its bytes.</summary>
/// <param name="Name">The member's name, unescaped; a slice of the body where it has no escapes.</param>
/// <param name="Start">Offset of the name's opening quote.</param>
/// <param name="ValueStart">Offset of the value's first byte.</param>
/// <param name="End">Offset after the value's last byte.</param>
/// <param name="Kind">The value's first token.</param>
public readonly record struct JsonMember(ReadOnlyMemory<byte> Name, int Start, int ValueStart, int End, JsonTokenType Kind)
{
    public bool Is(ReadOnlySpan<byte> name) => Name.Span.SequenceEqual(name);

    /// <summary>Is it in any spelling of case.</summary>
    public bool IsLike(ReadOnlySpan<byte> name) => FoldedName.Equal(Name.Span, name);
}
