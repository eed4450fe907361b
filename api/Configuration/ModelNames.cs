using System.Collections.Frozen;

namespace Gateway.Configuration;

/// <summary>What stands behind names that clients use: an exact name before a pattern, a longer pattern before a shorter one.</summary>
/// <typeparam name="T">What a name stands for.</typeparam>
internal sealed class ModelNames<T>
    where T : class
{
    private readonly FrozenDictionary<string, T> _exact;
    private readonly (string Start, T Target)[] _patterns;

    /// <param name="names">Of two equal names the first counts. A pattern ends in <c>*</c>.</param>
    public ModelNames(IEnumerable<(string Name, T Target)> names)
    {
        var all = names.DistinctBy(entry => entry.Name).ToArray();
        _exact = all.Where(entry => !entry.Name.EndsWith('*')).ToFrozenDictionary(entry => entry.Name, entry => entry.Target);
        _patterns = [.. all.Where(entry => entry.Name.EndsWith('*')).Select(entry => (entry.Name[..^1], entry.Target)).OrderByDescending(entry => entry.Item1.Length)];
    }

    public T? Find(string name)
    {
        if (_exact.TryGetValue(name, out var target))
        {
            return target;
        }

        foreach (var (start, pattern) in _patterns)
        {
            if (name.StartsWith(start, StringComparison.Ordinal))
            {
                return pattern;
            }
        }

        return null;
    }
}
