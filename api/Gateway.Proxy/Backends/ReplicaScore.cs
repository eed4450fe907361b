namespace Gateway.Proxy.Backends;

/// <summary>How a replica has answered lately, for its share of the requests: speed, failures, recent return.</summary>
/// <remarks>Older samples count less, so that no replica is excluded for good. Written without a lock: losing a sample does no
/// harm.</remarks>
public sealed class ReplicaScore(TimeProvider clock)
{
    /// <summary>The part of its share that even a failing replica gets, so that its recovery is seen.</summary>
    private const double MinShare = 0.05;
    private const double Weight = 0.2;

    /// <summary>In ln: up to twice as slow as its sibling is no difference worth acting on.</summary>
    private static readonly double Tolerated = Math.Log(2);

    private readonly double _halfLife = 30.0 * clock.TimestampFrequency;
    private readonly Pace _whole = new();
    private readonly Pace _streamed = new();
    private double _failures;
    private long _failedAt;
    private long _backSince;
    private long _restsUntil;

    /// <summary>An answer has begun.</summary>
    /// <param name="after">Time since the request was sent.</param>
    /// <param name="streamed">Streams begin sooner than whole answers, and are compared among themselves.</param>
    public void Answered(TimeSpan after, bool streamed)
    {
        (streamed ? _streamed : _whole).Add(Math.Log(Math.Max(after.TotalSeconds, 0.0001)), clock.GetTimestamp());
        Volatile.Write(ref _failures, Volatile.Read(ref _failures) * (1 - Weight));
    }

    /// <summary>An attempt failed through the replica's fault.</summary>
    public void Failed()
    {
        Volatile.Write(ref _failures, (Volatile.Read(ref _failures) * (1 - Weight)) + Weight);
        Volatile.Write(ref _failedAt, clock.GetTimestamp());
    }

    /// <summary>It asked for a pause.</summary>
    public void Rest(TimeSpan time) => Volatile.Write(ref _restsUntil, clock.GetTimestamp() + (long)(time.TotalSeconds * clock.TimestampFrequency));

    /// <summary>It gets no requests where another can answer.</summary>
    public bool Rests => Volatile.Read(ref _restsUntil) is var until and not 0 && clock.GetTimestamp() < until;

    /// <summary>It was away and can be asked again.</summary>
    public void Return() => Volatile.Write(ref _backSince, clock.GetTimestamp());

    /// <summary>The part of its usual share that it should get now, from 0.05 to 1.</summary>
    /// <param name="now">The clock's timestamp.</param>
    /// <param name="warmUp">How long a replica takes that came back, until it gets its whole share.</param>
    public double Share(long now, TimeSpan warmUp)
    {
        var resting = now < Volatile.Read(ref _restsUntil);
        var sound = 1 - Faded(Volatile.Read(ref _failures), now - Volatile.Read(ref _failedAt));
        return resting ? MinShare : Math.Max(MinShare, sound * sound * Warmth(now, warmUp));
    }

    /// <summary>The part of its share that is left when it is slower than a sibling, from 0.05 to 1.</summary>
    public double PaceBeside(ReplicaScore other, long now)
    {
        var (sum, count) = (0.0, 0);
        Compare(_whole, other._whole, now, ref sum, ref count);
        Compare(_streamed, other._streamed, now, ref sum, ref count);
        var slower = count == 0 ? 0 : sum / count;
        return slower <= Tolerated ? 1 : Math.Max(MinShare, Math.Exp(Tolerated - slower));
    }

    private void Compare(Pace own, Pace other, long now, ref double sum, ref int count)
    {
        if (own.Known && other.Known)
        {
            sum += Faded(own.Value - other.Value, now - own.At);
            count++;
        }
    }

    private double Warmth(long now, TimeSpan warmUp)
    {
        var since = Volatile.Read(ref _backSince);
        return since == 0 || warmUp <= TimeSpan.Zero ? 1 : Math.Clamp(clock.GetElapsedTime(since, now) / warmUp, MinShare, 1);
    }

    private double Faded(double value, long age) => value <= 0.001 ? value : value * Math.Pow(2, -age / _halfLife);

    /// <summary>A moving mean of how soon answers begin, in ln of seconds: one very long one does not outweigh all others.</summary>
    private sealed class Pace
    {
        private const int MinSamples = 3;
        private double _value;
        private long _at;
        private int _count;

        public bool Known => Volatile.Read(ref _count) >= MinSamples;

        public double Value => Volatile.Read(ref _value);

        public long At => Volatile.Read(ref _at);

        public void Add(double sample, long at)
        {
            var mean = Volatile.Read(ref _value);
            Volatile.Write(ref _value, _count == 0 ? sample : mean + (Weight * (sample - mean)));
            Volatile.Write(ref _at, at);
            if (_count < MinSamples)
            {
                Interlocked.Increment(ref _count);
            }
        }
    }
}
