using System.Buffers;
using System.Text.Json;
using Gateway.Engines.Endpoints;

namespace Gateway.Engines;

/// <summary>One member that an engine takes in an object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Values">The texts that it takes there; null takes any value.</param>
/// <param name="Needed">Without it, or with a text that is not taken, the whole object means nothing to the engine.</param>
internal sealed record KnownMember(string Name, IReadOnlyList<string>? Values = null, bool Needed = false);

/// <summary>Leaves out of an object what an engine refuses: members that it does not know, and values that it does not take.</summary>
internal static class KnownMembers
{
    public static FieldFix Of(string field, string why, IReadOnlyList<KnownMember> known, params EndpointId[] endpoints) =>
        new(field, value => Keep(value, known), why, endpoints);

    private static FieldEdit Keep(ReadOnlySpan<byte> value, IReadOnlyList<KnownMember> known)
    {
        if (RawJson.Parse(value) is not { ValueKind: JsonValueKind.Object } given)
        {
            return FieldEdit.Keep;
        }

        var all = given.EnumerateObject().ToList();
        var kept = all.Where(member => known.Any(one => Takes(one, member))).ToList();
        if (kept.Count == all.Count)
        {
            return FieldEdit.Keep;
        }

        return known.Any(one => one.Needed && !kept.Any(member => member.NameEquals(one.Name))) ? FieldEdit.Remove : FieldEdit.Replace(Write(kept));
    }

    private static bool Takes(KnownMember known, JsonProperty member) =>
        member.NameEquals(known.Name) && (known.Values is not { } values || (member.Value.ValueKind == JsonValueKind.String && values.Contains(member.Value.GetString())));

    private static byte[] Write(List<JsonProperty> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var member in members)
            {
                json.WritePropertyName(member.Name);
                json.WriteRawValue(member.Value.GetRawText(), skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
