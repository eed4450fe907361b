namespace Gateway.Core.Configuration;

/// <summary>A client key: a name for logs and limits, and the SHA-256 of the key. The key itself is not kept.</summary>
public sealed record ClientKey(string Name, byte[] Hash)
{
    /// <summary>The models it may use, as clients name them; <c>*</c> stands for any text. Empty: all.</summary>
    public IReadOnlyList<string> Models { get; init; } = [];

    public KeyLimits Limits { get; init; } = new();

    /// <summary>It has a limit of any kind.</summary>
    public bool Limited => Limits is not { RequestsPerMinute: null, TokensPerMinute: null, MaxConcurrency: null, MonthlyTokens: null };

    /// <summary>The other says the same. Lists are compared by what is in them.</summary>
    public bool SameAs(ClientKey other) =>
        Hash.AsSpan().SequenceEqual(other.Hash) && Models.SequenceEqual(other.Models) && this with { Hash = other.Hash, Models = other.Models } == other;

    /// <summary>Says whether the key may use a model; a request that names none is for keys that may use all.</summary>
    public bool MayUse(string? model)
    {
        for (var i = 0; i < Models.Count; i++)
        {
            if (Models[i] == "*" || (model is not null && NamePattern.Matches(Models[i], model)))
            {
                return true;
            }
        }

        return Models.Count == 0;
    }
}

/// <summary>How much a client key may use. Null: as much as it likes.</summary>
public sealed record KeyLimits
{
    public int? RequestsPerMinute { get; init; }

    public long? TokensPerMinute { get; init; }

    /// <summary>Requests that are answered at the same time.</summary>
    public int? MaxConcurrency { get; init; }

    /// <summary>Tokens within a calendar month.</summary>
    public long? MonthlyTokens { get; init; }
}
