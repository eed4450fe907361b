namespace Gateway.Proxy.Responses;

/// <summary>What a later piece of a streamed answer does to an earlier one, by the place it is in.</summary>
internal enum MergeRule
{
    /// <summary>The latest value that is not null stands.</summary>
    Latest,

    /// <summary>A chunk: everything is said anew in each, but the choices.</summary>
    Chunk,

    /// <summary>A list whose entries are told apart by their <c>index</c>.</summary>
    Choices,

    /// <summary>One choice: its text, message and log probabilities grow.</summary>
    Choice,

    /// <summary>A message: texts are continued, lists get longer.</summary>
    Delta,

    /// <summary>The calls of tools, which do not show their <c>index</c> in the whole.</summary>
    Calls,

    /// <summary>The first value that is not empty stands.</summary>
    First,

    /// <summary>Texts are continued.</summary>
    Text,

    /// <summary>Said once or in each piece alike; only what differs is a continuation.</summary>
    Name,

    /// <summary>Lists get longer, and so do those inside.</summary>
    Lists,
}
