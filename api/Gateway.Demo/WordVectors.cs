namespace Gateway.Demo;

/// <summary>Vectors without a model: a word counts in the dimension of its hash, so texts that share words are near each other.</summary>
internal static class WordVectors
{
    /// <summary>A vector of length one, always the same for the same text.</summary>
    public static float[] Embed(string text, int dimensions)
    {
        var vector = new float[dimensions];
        foreach (var word in Words.Split(text))
        {
            vector[Hash(word.Trim()) % (uint)dimensions]++;
        }

        var length = MathF.Sqrt(vector.Sum(value => value * value));
        return Array.ConvertAll(vector, value => value / length);
    }

    // FNV-1a over the lower-case letters: string hashes of the runtime differ between processes.
    private static uint Hash(string word)
    {
        var hash = 2166136261u;
        foreach (var letter in word)
        {
            hash = (hash ^ char.ToLowerInvariant(letter)) * 16777619u;
        }

        return hash;
    }
}
