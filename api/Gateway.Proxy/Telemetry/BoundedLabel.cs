using System.Collections.Concurrent;

namespace Gateway.Proxy.Telemetry;

/// <summary>A label that callers can influence: its first 500 values keep their names, all further ones are <c>other</c>.</summary>
internal sealed class BoundedLabel
{
    public const string Other = "other";
    private const int MaxValues = 500;
    private const int MaxLength = 200;

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    public string Of(string value)
    {
        if (_known.TryGetValue(value, out var known))
        {
            return known;
        }

        // Count takes every lock of the dictionary, but only a name that is new comes here.
        return value.Length > MaxLength || _known.Count >= MaxValues ? Other : _known.GetOrAdd(value, value);
    }
}
