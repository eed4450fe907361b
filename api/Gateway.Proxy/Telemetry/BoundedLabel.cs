using System.Collections.Concurrent;

namespace Gateway.Proxy.Telemetry;

/// <summary>The values of a label that callers can influence: the first so many keep their names, all further ones are <c>other</c>.</summary>
internal sealed class BoundedLabel
{
    public const string Other = "other";
    private const int Most = 500;
    private const int Longest = 200;

    private readonly ConcurrentDictionary<string, string> _known = new(StringComparer.Ordinal);

    public string Of(string value)
    {
        if (_known.TryGetValue(value, out var known))
        {
            return known;
        }

        // Count takes every lock of the dictionary, but only a name that is new comes here.
        return value.Length > Longest || _known.Count >= Most ? Other : _known.GetOrAdd(value, value);
    }
}
