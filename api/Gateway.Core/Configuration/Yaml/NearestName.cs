namespace Gateway.Core.Configuration;

/// <summary>What somebody may have meant.</summary>
public static class NearestName
{
    /// <param name="name">What was written.</param>
    /// <param name="names">What there is.</param>
    /// <param name="most">How many signs may differ at most.</param>
    /// <returns><c> Did you mean 'urls'?</c>, or nothing where no name is near.</returns>
    public static string Hint(string name, IEnumerable<string> names, int most = int.MaxValue)
    {
        if (name.Length > 64)
        {
            return "";
        }

        var best = names.Select(other => (Name: other, Distance: Distance(name.ToLowerInvariant(), other.ToLowerInvariant()))).OrderBy(other => other.Distance).FirstOrDefault();
        return best.Name is not null && best.Distance <= Math.Min(most, Math.Max(1, best.Name.Length / 3)) ? $" Did you mean '{best.Name}'?" : "";
    }

    /// <summary>How many signs have to be added, removed, replaced or swapped with their neighbour.</summary>
    private static int Distance(string one, string other)
    {
        var rows = new int[one.Length + 1, other.Length + 1];
        for (var i = 0; i <= one.Length; i++)
        {
            for (var j = 0; j <= other.Length; j++)
            {
                rows[i, j] = i == 0 || j == 0 ? i + j : Step(rows, one, other, i, j);
            }
        }

        return rows[one.Length, other.Length];
    }

    private static int Step(int[,] rows, string one, string other, int i, int j)
    {
        var replaced = rows[i - 1, j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1);
        var least = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
        return i > 1 && j > 1 && one[i - 1] == other[j - 2] && one[i - 2] == other[j - 1] ? Math.Min(least, rows[i - 2, j - 2] + 1) : least;
    }
}
