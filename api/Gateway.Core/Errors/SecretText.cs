using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Gateway.Core.Errors;

/// <summary>
/// An engine's key, and how to keep it from being seen: in texts, in JSON, and packed as it would be in a header that is repeated (base64, percent
/// signs). Only texts of errors and headers are searched; what a model answers is left alone.
/// </summary>
public sealed class SecretText
{
    private const string Mask = "***";

    /// <summary>A shorter one is no secret but a word that engines take for a key, and stands in many texts; it is masked where it stands alone.</summary>
    private const int LeastSecret = 8;

    private readonly string _secret;
    private readonly string[] _forms;

    public SecretText(string secret)
    {
        _secret = secret;
        _forms = secret.Length < LeastSecret ? [] : [secret, .. Packed(secret).Where(static form => form.Length >= LeastSecret).Distinct()];
    }

    public bool IsIn(string text)
    {
        foreach (var form in _forms)
        {
            if (text.Contains(form, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return _forms.Length == 0 && FindWord(text, 0) >= 0;
    }

    /// <summary>The text with the secret masked; the same object where it is not in it.</summary>
    public string Clean(string text)
    {
        foreach (var form in _forms)
        {
            text = text.Contains(form, StringComparison.OrdinalIgnoreCase) ? text.Replace(form, Mask, StringComparison.OrdinalIgnoreCase) : text;
        }

        for (var at = _forms.Length == 0 ? FindWord(text, 0) : -1; at >= 0; at = FindWord(text, at + Mask.Length))
        {
            text = string.Concat(text.AsSpan(0, at), Mask, text.AsSpan(at + _secret.Length));
        }

        return text;
    }

    /// <summary>The text without a beginning of the secret at its end.</summary>
    public string WithoutBeginning(string text)
    {
        for (var length = _secret.Length - 1; length >= LeastSecret / 2; length--)
        {
            if (text.AsSpan().EndsWith(_secret.AsSpan(0, length), StringComparison.OrdinalIgnoreCase))
            {
                return text[..^length] + Mask;
            }
        }

        return text;
    }

    /// <summary>The JSON with the secret masked in every text and name, however it is escaped.</summary>
    /// <returns>Null where it is not in it, or where it is no JSON.</returns>
    public byte[]? CleanJson(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 512 });
            var buffer = new ArrayBufferWriter<byte>(json.Length + 64);
            using var writer = new Utf8JsonWriter(buffer, GatewayJson.WriterOptions with { MaxDepth = 512 });
            var found = false;
            while (reader.Read())
            {
                found |= Copy(ref reader, writer);
            }

            writer.Flush();
            return found ? buffer.WrittenSpan.ToArray() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private bool Copy(ref Utf8JsonReader reader, Utf8JsonWriter writer)
    {
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.PropertyName or JsonTokenType.Number))
        {
            CopyPlain(reader.TokenType, writer);
            return false;
        }

        var text = reader.TokenType == JsonTokenType.Number ? Encoding.UTF8.GetString(reader.ValueSpan) : reader.GetString()!;
        var clean = Clean(text);
        var found = !ReferenceEquals(text, clean);
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            writer.WritePropertyName(clean);
        }
        else if (reader.TokenType == JsonTokenType.Number && !found)
        {
            writer.WriteRawValue(reader.ValueSpan);
        }
        else
        {
            writer.WriteStringValue(clean);
        }

        return found;
    }

    private static void CopyPlain(JsonTokenType token, Utf8JsonWriter writer)
    {
        switch (token)
        {
            case JsonTokenType.StartObject:
                writer.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                writer.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                writer.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                writer.WriteEndArray();
                break;
            case JsonTokenType.Null:
                writer.WriteNullValue();
                break;
            case JsonTokenType.True:
            case JsonTokenType.False:
                writer.WriteBooleanValue(token == JsonTokenType.True);
                break;
            default:
                throw new InvalidOperationException($"{token} is no part of JSON.");
        }
    }

    private int FindWord(string text, int from)
    {
        while (from <= text.Length && text.IndexOf(_secret, from, StringComparison.Ordinal) is var at and >= 0)
        {
            var end = at + _secret.Length;
            if ((at == 0 || !char.IsLetterOrDigit(text[at - 1])) && (end == text.Length || !char.IsLetterOrDigit(text[end])))
            {
                return at;
            }

            from = at + 1;
        }

        return -1;
    }

    // Three bytes are four characters of base64, so there are three ways to pack it, by how many bytes stand before it.
    private static IEnumerable<string> Packed(string secret)
    {
        yield return Uri.EscapeDataString(secret);
        yield return Convert.ToHexString(Encoding.UTF8.GetBytes(secret));
        for (var before = 0; before < 3; before++)
        {
            var bytes = before + Encoding.UTF8.GetByteCount(secret);
            var packed = Convert.ToBase64String(Encoding.UTF8.GetBytes(new string(' ', before) + secret));
            var first = ((before * 8) + 5) / 6;
            var certain = packed[first..(bytes * 8 / 6)];
            yield return certain;
            yield return certain.Replace('+', '-').Replace('/', '_');
        }
    }
}
