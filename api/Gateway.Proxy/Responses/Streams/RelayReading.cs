namespace Gateway.Proxy.Responses;

/// <summary>Reads a stream ahead of its client, as far as it has to be known before anything of it is sent.</summary>
internal static class RelayReading
{
    /// <summary>Reads up to the first event that bears data, and so to the point where the answer can be judged.</summary>
    /// <remarks>What comes before it is kept.</remarks>
    /// <param name="relay">The stream.</param>
    /// <param name="most">More than so many bytes of comments and preambles are not kept: then that is the beginning.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask ReadFirstAsync(this SseRelay relay, int most, CancellationToken cancellationToken)
    {
        while (!relay.HasBegun && relay.End == RelayEnd.None && relay.Output.Length < most)
        {
            await relay.FillAsync(cancellationToken);
        }
    }

    /// <summary>Reads to the end and keeps everything, so that the answer can be judged whole.</summary>
    /// <returns>False when it is longer than so many bytes: then it is judged by its beginning.</returns>
    public static async ValueTask<bool> ReadWholeAsync(this SseRelay relay, int most, CancellationToken cancellationToken)
    {
        while (relay.End == RelayEnd.None && relay.Output.Length < most)
        {
            await relay.FillAsync(cancellationToken);
        }

        return relay.End != RelayEnd.None;
    }

    /// <summary>Reads to the end for an answer in one piece. Nothing is sent meanwhile, so the end may still be any failure.</summary>
    /// <param name="relay">The stream.</param>
    /// <param name="merger">Takes each event as the client would have had it.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async ValueTask ReadToEndAsync(this SseRelay relay, ChunkMerger merger, CancellationToken cancellationToken)
    {
        while (true)
        {
            var output = relay.Output;
            for (var length = SseFrame.FindEnd(output.Span); length > 0; length = SseFrame.FindEnd(output.Span))
            {
                var data = SseFrame.Parse(output.Span[..length]).Data;
                if (!data.IsEmpty && data[0] == '{')
                {
                    merger.Add(data);
                }

                output.Consume(length);
            }

            if (relay.End != RelayEnd.None)
            {
                return;
            }

            await relay.FillAsync(cancellationToken);
        }
    }
}

/// <summary>How a stream of events came to its end.</summary>
internal enum RelayEnd
{
    /// <summary>It is still running, or was left by its reader.</summary>
    None,

    /// <summary>The engine said everything.</summary>
    Complete,

    /// <summary>The engine reported a failure in it.</summary>
    EngineError,

    /// <summary>It broke off, stalled or became nonsense.</summary>
    Interrupted,
}
