namespace Gateway.Proxy.Translation;

/// <summary>Why an answer has ended.</summary>
internal enum ResponsesEnd
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>It is whole, whichever word the engine has for it.</summary>
    Whole,

    Length,

    Filtered,
}

/// <summary>What the reasons mean in this API.</summary>
internal static class ResponsesEnds
{
    public static ResponsesEnd Of(ReadOnlySpan<byte> finishReason)
    {
        if (finishReason.SequenceEqual("length"u8))
        {
            return ResponsesEnd.Length;
        }

        return finishReason.SequenceEqual("content_filter"u8) ? ResponsesEnd.Filtered : ResponsesEnd.Whole;
    }

    public static bool IsCut(this ResponsesEnd end) => end is ResponsesEnd.Length or ResponsesEnd.Filtered;

    public static ReadOnlySpan<byte> Reason(this ResponsesEnd end)
    {
        if (end == ResponsesEnd.Length)
        {
            return "max_output_tokens"u8;
        }

        return end == ResponsesEnd.Filtered ? "content_filter"u8 : [];
    }
}
