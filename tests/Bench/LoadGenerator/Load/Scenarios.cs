using System.Diagnostics;

namespace Gateway.Bench.Load;

/// <summary>The loads, each on a target for a time.</summary>
internal static class Scenarios
{
    /// <summary>So many connections, each sending its next request when the last is answered.</summary>
    public static async Task<Samples> ClosedLoopAsync(Target target, IReadOnlyList<byte[]> requests, int connections, TimeSpan time)
    {
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, connections).Select(i => Task.Run(() => LoopAsync(target, requests, i, end))));
        return Merge(all);
    }

    /// <summary>One request after the other, without any concurrency.</summary>
    public static Task<Samples> OneByOneAsync(Target target, byte[] request, TimeSpan time) => OnOwnThread(() => OneByOne(target, request, time));

    private static Samples OneByOne(Target target, byte[] request, TimeSpan time)
    {
        using var connection = new Connection();
        connection.Connect(target.Port);
        var samples = new Samples();
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            var start = Stopwatch.GetTimestamp();
            connection.Ask(request);
            samples.Add(start, Stopwatch.GetTimestamp());
        }

        return samples;
    }

    /// <summary>One short stream after the other; what is timed is the way to the first event.</summary>
    public static Task<Samples> FirstEventsAsync(Target target, TimeSpan time) => OnOwnThread(() => FirstEvents(target, time));

    private static Samples FirstEvents(Target target, TimeSpan time)
    {
        using var connection = new Connection();
        connection.Connect(target.Port);
        var request = Requests.Stream(target, events: 2, gap: 1);
        var samples = new Samples();
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            var start = Stopwatch.GetTimestamp();
            var first = 0L;
            connection.Ask(request, (now, _) => first = first == 0 ? now : first);
            samples.Add(start, first);
        }

        return samples;
    }

    /// <summary>So many streams at once, begun spread over one gap; what is timed is the gap between two arrivals.</summary>
    public static async Task<Samples> PacedAsync(Target target, int streams, int events, int gap)
    {
        var request = Requests.Stream(target, events, gap);
        var connections = await ConnectAsync(target, streams);
        try
        {
            var step = TimeSpan.FromMilliseconds((double)gap / streams * 4);
            var running = new List<Task<Samples>>(streams);
            var start = Stopwatch.GetTimestamp();
            foreach (var connection in connections)
            {
                running.Add(StreamAsync(connection, request, events));
                var early = (running.Count * step) - Stopwatch.GetElapsedTime(start);
                if (early > TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(early);
                }
            }

            return Merge(await Task.WhenAll(running));
        }
        finally
        {
            connections.ForEach(connection => connection.Dispose());
        }
    }

    /// <summary>So many streams at once, as fast as they come.</summary>
    /// <returns>The number of events.</returns>
    public static async Task<long> UnpacedAsync(Target target, int streams, int events, TimeSpan time)
    {
        var request = Requests.Stream(target, events, 0);
        var end = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency);
        var all = await Task.WhenAll(Enumerable.Range(0, streams).Select(_ => Task.Run(async () =>
        {
            using var connection = new Connection(64 * 1024);
            await connection.ConnectAsync(target.Port);
            var count = 0L;
            while (Stopwatch.GetTimestamp() < end)
            {
                _ = await connection.AskAsync(request);
                count += events;
            }

            return count;
        })));
        return all.Sum();
    }

    /// <summary>Opens streams that say one thing and then nothing more.</summary>
    public static async Task<List<Connection>> OpenIdleAsync(Target target, int streams)
    {
        var request = Requests.Stream(target, events: 2, gap: 600_000);
        var open = new List<Connection>(streams);
        for (var i = 0; i < streams; i += 50)
        {
            var some = Enumerable.Range(0, Math.Min(50, streams - i)).Select(_ => new Connection(2048)).ToArray();
            open.AddRange(some);
            await Task.WhenAll(some.Select(async connection =>
            {
                await connection.ConnectAsync(target.Port);
                await connection.BeginAsync(request);
            }));
        }

        return open;
    }

    // What comes after an await may run on the thread that all sockets are woken by, which must not be blocked.
    private static Task<Samples> OnOwnThread(Func<Samples> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static async Task<Samples> LoopAsync(Target target, IReadOnlyList<byte[]> requests, int worker, long end)
    {
        using var connection = new Connection();
        await connection.ConnectAsync(target.Port);
        var samples = new Samples();
        for (var i = worker; Stopwatch.GetTimestamp() < end; i += 7)
        {
            var start = Stopwatch.GetTimestamp();
            _ = await connection.AskAsync(requests[i % requests.Count]);
            samples.Add(start, Stopwatch.GetTimestamp());
        }

        return samples;
    }

    private static async Task<Samples> StreamAsync(Connection connection, byte[] request, int events)
    {
        var samples = new Samples();
        var last = 0L;
        var seen = await connection.AskAsync(request, (now, _) =>
        {
            if (last != 0)
            {
                samples.Add(last, now);
            }

            last = now;
        });
        return seen >= events ? samples : throw new IOException($"A stream of {events} events had {seen}.");
    }

    private static async Task<List<Connection>> ConnectAsync(Target target, int count)
    {
        var connections = new List<Connection>(count);
        for (var i = 0; i < count; i++)
        {
            var connection = new Connection(4096);
            connections.Add(connection);
            await connection.ConnectAsync(target.Port);
        }

        return connections;
    }

    private static Samples Merge(IEnumerable<Samples> parts)
    {
        var all = new Samples();
        foreach (var part in parts)
        {
            all.Add(part);
        }

        return all;
    }
}
