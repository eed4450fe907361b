using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Gateway.Core.Configuration;

/// <summary>The single values that sections are made of.</summary>
internal static class YamlShapes
{
    /// <param name="takes">What is allowed.</param>
    /// <param name="parse">Makes the value; null: it is not allowed.</param>
    /// <param name="pattern">The same for editors, as far as a pattern can say it.</param>
    public static YamlScalarShape<T> Text<T>(string takes, Func<string, T?> parse, string pattern)
        where T : class =>
        new(takes, By(parse), json => WriteText(json, pattern));

    public static YamlScalarShape<T> Secret<T>(string takes, Func<string, T?> parse, string pattern)
        where T : class =>
        new(takes, By(parse), json => WriteText(json, pattern)) { Secret = true };

    public static YamlScalarShape<string> Choice(IReadOnlyList<string> words) => new(
        string.Join(", ", words),
        By(text => words.Contains(text) ? text : null),
        json =>
        {
            json.WriteStartArray("enum"u8);
            foreach (var word in words)
            {
                json.WriteStringValue(word);
            }

            json.WriteEndArray();
        })
    { Words = words };

    public static YamlScalarShape<bool> Flag { get; } = new(
        "true or false",
        (text, out value) => (value = text == "true") || text == "false",
        json => json.WriteString("type"u8, "boolean"u8))
    { Words = ["true", "false"] };

    public static YamlScalarShape<long> Whole(long least, long most) => new(
        FormattableString.Invariant($"a whole number from {least} to {most}"),
        (text, out value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value) && value >= least && value <= most,
        json => WriteNumber(json, "integer", least, most));

    public static YamlScalarShape<double> Number(double least, double most) => new(
        FormattableString.Invariant($"a number from {least} to {most}"),
        (text, out value) => TryNumber(text, out value) && value >= least && value <= most,
        json => WriteNumber(json, "number", least, most));

    /// <summary>A time in seconds that is not nothing.</summary>
    public static YamlScalarShape<TimeSpan> Seconds(double least = 0.001) => new(
        FormattableString.Invariant($"a number of seconds from {least} to 86400"),
        (text, out value) =>
        {
            var allowed = TryNumber(text, out var seconds) && seconds >= least && seconds <= 86_400;
            value = allowed ? TimeSpan.FromSeconds(seconds) : default;
            return allowed;
        },
        json => WriteNumber(json, "number", least, 86_400));

    public static YamlListShape<T> List<T>(YamlShape<T> item) => new(item);

    public static YamlFoundShape<T> Found<T>(YamlShape<T> shape) => new(shape);

    private static TryParse<T> By<T>(Func<string, T?> parse)
        where T : class
    {
        return TryParse;

        bool TryParse(string text, [MaybeNullWhen(false)] out T value)
        {
            value = parse(text);
            return value is not null;
        }
    }

    private static bool TryNumber(string text, out double value) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value);

    private static void WriteText(Utf8JsonWriter json, string pattern)
    {
        json.WriteString("type"u8, "string"u8);
        json.WriteString("pattern"u8, pattern);
    }

    private static void WriteNumber(Utf8JsonWriter json, string type, double least, double most)
    {
        json.WriteString("type"u8, type);
        json.WriteNumber("minimum"u8, least);
        json.WriteNumber("maximum"u8, most);
    }
}
