using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Gateway.Proxy.Responses;

/// <summary>The chunks of an engine that goes on where another broke off, made into those of the one stream that the client has.</summary>
/// <param name="inner">Inspects them like any others.</param>
/// <param name="id">The stream's id as JSON.</param>
/// <param name="tokens">Tokens that the client has had already. The engine counts them as prompt; they belong to the answer.</param>
/// <param name="hidesUsage">The caller did not ask for a usage.</param>
internal sealed class ContinuingInspector(ChoicesInspector inner, byte[]? id, int tokens, bool hidesUsage) : AnswerInspector
{
    public override bool IsComplete => inner.IsComplete;

    public override bool KnowsEnd => true;

    protected override PieceKind ReadPiece(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        var kind = inner.Inspect(default, json);
        Splices.AddRange(inner.Splices);
        HasContent = inner.HasContent;
        IsPreamble = inner.IsPreamble;
        Failure = inner.Failure;
        var counts = ReadMembers(ref reader);
        Usage = inner.Usage;
        Usage.Output += inner.Usage.Known ? tokens : 0;
        Usage.Input -= inner.Usage.Known ? Math.Min(tokens, inner.Usage.Input) : 0;

        // The role has been sent before.
        return kind == PieceKind.Sound && !HasContent && !inner.IsComplete && !counts ? PieceKind.Hidden : kind;
    }

    private bool ReadMembers(ref Utf8JsonReader reader)
    {
        var counts = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isId = reader.ValueTextEquals("id"u8);
            var usage = reader.ValueTextEquals("usage"u8);
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            if (usage && reader.TokenType == JsonTokenType.StartObject && !hidesUsage)
            {
                counts = true;
                ReadUsage(ref reader);
                continue;
            }

            reader.Skip();
            if (isId && id is not null && !Splices.Exists(splice => splice.Start == start))
            {
                Splices.Add(new Splice(start, (int)reader.BytesConsumed - start, id));
            }
        }

        return counts;
    }

    private void ReadUsage(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var more = reader.ValueTextEquals("completion_tokens"u8) ? tokens : reader.ValueTextEquals("prompt_tokens"u8) ? -tokens : 0;
            reader.Read();
            if (more != 0 && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
            {
                var sum = Math.Max(0, number + more).ToString(CultureInfo.InvariantCulture);
                Splices.Add(new Splice((int)reader.TokenStartIndex, reader.ValueSpan.Length, Encoding.ASCII.GetBytes(sum)));
            }

            reader.Skip();
        }
    }
}
