using System.Text.Json;

namespace Gateway.Proxy.Responses;

/// <summary>What a later piece of a streamed answer does to an earlier one, by the place it is in.</summary>
internal enum MergeRule
{
    /// <summary>The latest value that is not null stands.</summary>
    Latest,

    /// <summary>A chunk: each repeats everything but the choices.</summary>
    Chunk,

    /// <summary>A list whose entries are identified by their <c>index</c>.</summary>
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

/// <summary>Where a member of a chunk goes in the whole answer, and by which rule.</summary>
internal readonly ref struct MergePlace(MergeRule rule, ReadOnlySpan<byte> name = default)
{
    public MergeRule Rule { get; } = rule;

    /// <summary>Its name in the whole; empty where it is the same.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;

    /// <param name="parent">The rule of the object it is in.</param>
    /// <param name="name">Its name in the chunk.</param>
    public static MergePlace Of(MergeRule parent, ReadOnlySpan<byte> name) => parent switch
    {
        MergeRule.Chunk => new(name.SequenceEqual("choices"u8) ? MergeRule.Choices : MergeRule.Latest),
        MergeRule.Choice => InChoice(name),
        MergeRule.Delta => InDelta(name),
        MergeRule.Lists => new(MergeRule.Lists),
        MergeRule.Latest or MergeRule.Choices or MergeRule.Calls or MergeRule.First or MergeRule.Text or MergeRule.Name => new(MergeRule.Latest),
        _ => throw new ArgumentOutOfRangeException(nameof(parent)),
    };

    /// <summary>The <c>index</c> of the object that the reader stands on; null where it has none.</summary>
    public static int? IndexOf(Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var index = reader.ValueTextEquals("index"u8);
            reader.Read();
            if (index && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number))
            {
                return number;
            }

            reader.Skip();
        }

        return null;
    }

    private static MergePlace InChoice(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("delta"u8))
        {
            return new(MergeRule.Delta, "message"u8);
        }

        return new(name.SequenceEqual("text"u8) ? MergeRule.Text : name.SequenceEqual("logprobs"u8) ? MergeRule.Lists : MergeRule.Latest);
    }

    private static MergePlace InDelta(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("tool_calls"u8))
        {
            return new(MergeRule.Calls);
        }

        if (name.SequenceEqual("name"u8))
        {
            return new(MergeRule.Name);
        }

        if (name.SequenceEqual("id"u8))
        {
            return new(MergeRule.First);
        }

        return new(name.SequenceEqual("role"u8) || name.SequenceEqual("type"u8) || name.SequenceEqual("index"u8) ? MergeRule.Latest : MergeRule.Delta);
    }
}
