namespace Gateway.Demo.Answers;

/// <summary>
/// Vectors without a model: every word has a direction drawn from its hash, and a text is the sum of its words. The same text
/// always has the same vector, and texts that share words lie near each other.
/// </summary>
internal static class WordVectors
{
    /// <summary>A vector of length one.</summary>
    public static float[] Embed(string text, int dimensions)
    {
        var sum = new double[dimensions];
        foreach (var word in Words.Split(text))
        {
            var state = Hash(word.Trim());
            for (var i = 0; i < sum.Length; i++)
            {
                sum[i] += Next(ref state);
            }
        }

        var length = Math.Sqrt(sum.Sum(value => value * value));
        return Array.ConvertAll(sum, value => (float)(value / length));
    }

    // FNV-1a over the lower-case letters: string hashes of the runtime differ between processes.
    private static ulong Hash(string word)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in word)
        {
            hash = (hash ^ char.ToLowerInvariant(letter)) * 1099511628211UL;
        }

        return hash;
    }

    /// <summary>The next of a row of numbers spread evenly between -1 and 1 (SplitMix64).</summary>
    private static double Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        var mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        mixed ^= mixed >> 31;
        return ((mixed >> 11) * (2.0 / (1UL << 53))) - 1;
    }
}
