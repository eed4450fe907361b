namespace Gateway.Core.Configuration;

/// <summary>One time that new settings came.</summary>
/// <param name="At">When.</param>
/// <param name="Trigger">What brought them: the start, a signal, a file, a part of the gateway.</param>
/// <param name="Taken">They are in force; else the old ones stayed.</param>
/// <param name="Faults">Why they were refused.</param>
/// <param name="Changes">What is not as before.</param>
public sealed record ReloadEntry(DateTimeOffset At, string Trigger, bool Taken, IReadOnlyList<string> Faults, IReadOnlyList<string> Changes);

/// <summary>The last times that new settings came, the latest first.</summary>
public sealed class ReloadHistory(TimeProvider clock)
{
    private const int Kept = 20;

    private readonly Lock _lock = new();
    private readonly LinkedList<ReloadEntry> _entries = [];

    public IReadOnlyList<ReloadEntry> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _entries];
            }
        }
    }

    /// <summary>The settings that came last are in force.</summary>
    public bool LastTaken => All is not [{ Taken: false }, ..];

    /// <summary>When settings were taken last.</summary>
    public DateTimeOffset? TakenAt { get; private set; }

    public void Started() => Taken("start", []);

    public void Taken(string trigger, IReadOnlyList<string> changes)
    {
        TakenAt = clock.GetUtcNow();
        Add(new ReloadEntry(TakenAt.Value, trigger, true, [], changes));
    }

    public void Refused(string trigger, IReadOnlyList<string> faults) => Add(new ReloadEntry(clock.GetUtcNow(), trigger, false, faults, []));

    private void Add(ReloadEntry entry)
    {
        lock (_lock)
        {
            _entries.AddFirst(entry);
            if (_entries.Count > Kept)
            {
                _entries.RemoveLast();
            }
        }
    }
}
