namespace Gateway.EndToEndTests.Faults.Scorecard;

/// <summary>A few callers who ask again and again, plain and streamed in turn, and write down what they got.</summary>
internal sealed class SteadyLoad : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly HttpClient _client;
    private readonly string _model;
    private readonly CancellationTokenSource _done = new();
    private readonly Task<List<string>>[] _callers;
    private int _ended;

    public SteadyLoad(HttpClient client, string model, int callers = 4)
    {
        _client = client;
        _model = model;
        _callers = [.. Enumerable.Range(0, callers).Select(caller => CallAsync(caller % 2 == 0))];
    }

    /// <summary>Requests that have ended so far, well or not.</summary>
    public int Ended => Volatile.Read(ref _ended);

    /// <summary>Returns when so many more requests have ended.</summary>
    public Task PassAsync(int more)
    {
        var goal = Ended + more;
        return Wait.UntilAsync(() => Ended >= goal, $"{more} more requests");
    }

    /// <summary>Lets the last requests end, and says what all of them got.</summary>
    public async Task<string> EndAsync()
    {
        await _done.CancelAsync();
        var seen = (await Task.WhenAll(_callers)).SelectMany(caller => caller).GroupBy(one => one.Split(", attempts", 2)[0]).ToList();
        return seen is [{ Key: "200 complete" }] ? "every request 200 complete" : string.Join("; ", seen.Select(group => $"{group.Count()} × {group.Key}"));
    }

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await ((Task)Task.WhenAll(_callers)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _done.Dispose();
    }

    private async Task<List<string>> CallAsync(bool stream)
    {
        var seen = new List<string>();
        while (!_done.IsCancellationRequested)
        {
            seen.Add(await AskAsync(stream));
            Interlocked.Increment(ref _ended);
            await Task.Delay(Pause, TimeProvider.System);
        }

        return seen;
    }

    private async Task<string> AskAsync(bool stream)
    {
        try
        {
            using var request = SampleRequest.Post("/v1/chat/completions", SampleRequest.Chat(_model, stream));
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            return await CallerView.OfAsync(answer);
        }
        catch (HttpRequestException e)
        {
            return $"no answer: {e.Message}";
        }
    }
}
