namespace Gateway.Core.Configuration;

/// <summary>How a value is quoted, which says what in it has a meaning.</summary>
internal enum EnvQuote
{
    /// <summary>Up to the end of the line or a comment; references count.</summary>
    None,

    /// <summary>Nothing in it has a meaning.</summary>
    Single,

    /// <summary>References and escapes count.</summary>
    Double,
}

/// <summary>One assignment of a <c>.env</c>.</summary>
/// <param name="Line">Where it begins, from 1.</param>
/// <param name="Name">The variable.</param>
/// <param name="Raw">What is written, without its quotes.</param>
/// <param name="Quote">Which quotes they were.</param>
/// <param name="Through">The line on which it ends.</param>
/// <param name="LoneQuote">It begins with a quote that closes nothing: the quote is a part of the value.</param>
internal sealed record EnvStatement(int Line, string Name, string Raw, EnvQuote Quote, int Through, bool LoneQuote = false);
