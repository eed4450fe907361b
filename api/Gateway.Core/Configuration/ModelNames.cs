using System.Collections.Frozen;

namespace Gateway.Core.Configuration;

/// <summary>What stands behind names that clients use: an exact name before a pattern, a longer pattern before a shorter one.</summary>
/// <typeparam name="T">What a name stands for.</typeparam>
public sealed class ModelNames<T>
    where T : class
{
    private readonly FrozenDictionary<string, T> _exact;
    private readonly (string Pattern, T Target)[] _patterns;

    /// <param name="names">Of two equal names the first counts. A name with <c>*</c> is a <see cref="NamePattern"/>.</param>
    public ModelNames(IEnumerable<(string Name, T Target)> names)
    {
        var all = names.DistinctBy(entry => entry.Name).ToArray();
        _exact = all.Where(entry => !NamePattern.Is(entry.Name)).ToFrozenDictionary(entry => entry.Name, entry => entry.Target);
        _patterns = [.. all.Where(entry => NamePattern.Is(entry.Name)).OrderByDescending(entry => entry.Name.Length)];
    }

    public T? Find(string name)
    {
        if (_exact.TryGetValue(name, out var target))
        {
            return target;
        }

        foreach (var (pattern, found) in _patterns)
        {
            if (NamePattern.Matches(pattern, name))
            {
                return found;
            }
        }

        return null;
    }
}
