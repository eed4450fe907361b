using Gateway.Proxy.Telemetry;

namespace Gateway.Console.Stats;

/// <summary>What the backends did in the last quarter of an hour, sample by sample, and what went wrong in it.</summary>
public sealed class StatsHistory
{
    /// <summary>For this long an error is recent.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromMinutes(15);

    private const int MostErrors = 2_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, StatsTrack> _tracks = new(StringComparer.Ordinal);
    private readonly Queue<(long Milliseconds, ErrorKind Kind, long Count)> _errors = [];
    private Dictionary<ErrorKind, long>? _seen;
    private StatsTrack? _all;
    private long? _lastAt;

    /// <summary>The totals of the latest sample; null before the first.</summary>
    public Totals? Latest { get; private set; }

    /// <param name="milliseconds">Unix time of the sample.</param>
    /// <param name="totals">What was collected since the start.</param>
    /// <param name="loads">What each configured backend has in hand.</param>
    public void Add(long milliseconds, Totals totals, IReadOnlyDictionary<string, (int InFlight, int Queued)> loads)
    {
        lock (_lock)
        {
            var sum = new BackendTotals();
            foreach (var totalsOfOne in totals.Backends.Values)
            {
                sum.Add(totalsOfOne);
            }

            if (_all is null)
            {
                _all = new StatsTrack(milliseconds, totals.FirstTokenBoundaries);
                _all.Begin(sum);
            }
            else
            {
                _all.Add(milliseconds, sum, loads.Values.Sum(load => load.InFlight), loads.Values.Sum(load => load.Queued));
            }

            foreach (var (name, load) in loads)
            {
                Add(milliseconds, name, totals, load);
            }

            AddErrors(milliseconds, totals);
            Latest = totals;
            _lastAt = milliseconds;
        }
    }

    /// <summary>The points later than a moment, oldest first, of one backend or (null) of all together.</summary>
    public IReadOnlyList<StatsPoint> Points(string? backend, long after)
    {
        lock (_lock)
        {
            var track = backend is null ? _all : _tracks.GetValueOrDefault(backend);
            return track is null ? [] : [.. track.Points.Where(point => point.Milliseconds > after)];
        }
    }

    /// <summary>The latest point of one backend.</summary>
    public StatsPoint Last(string backend)
    {
        lock (_lock)
        {
            return _tracks.GetValueOrDefault(backend)?.Last ?? default;
        }
    }

    /// <summary>The recent errors, each kind once, the latest first.</summary>
    public IReadOnlyList<(ErrorKind Kind, long Count, long LastMilliseconds)> Errors()
    {
        lock (_lock)
        {
            return [.. _errors.GroupBy(error => error.Kind, (kind, errors) => errors.Aggregate((Kind: kind, Count: 0L, LastMilliseconds: 0L), (sum, error) => (kind, sum.Count + error.Count, error.Milliseconds)))
                .OrderByDescending(error => error.LastMilliseconds).ThenByDescending(error => error.Count)];
        }
    }

    private void Add(long milliseconds, string name, Totals totals, (int InFlight, int Queued) load)
    {
        var now = totals.Backends.GetValueOrDefault(name) ?? new BackendTotals();
        if (_tracks.TryGetValue(name, out var track))
        {
            track.Add(milliseconds, now, load.InFlight, load.Queued);
            return;
        }

        // What a backend did before the first sample of all is the past; what a later one did since the last sample is not.
        _tracks[name] = track = new StatsTrack(_lastAt ?? milliseconds, totals.FirstTokenBoundaries);
        if (_lastAt is null)
        {
            track.Begin(now);
        }
        else
        {
            track.Add(milliseconds, now, load.InFlight, load.Queued);
        }
    }

    private void AddErrors(long milliseconds, Totals totals)
    {
        foreach (var (kind, count) in totals.Errors)
        {
            var more = count - (_seen?.GetValueOrDefault(kind) ?? 0);
            if (more > 0)
            {
                _errors.Enqueue((milliseconds, kind, more));
            }
        }

        _seen = totals.Errors;
        while (_errors.Count > 0 && (_errors.Count > MostErrors || _errors.Peek().Milliseconds < milliseconds - (long)Recent.TotalMilliseconds))
        {
            _errors.Dequeue();
        }
    }
}
