namespace Gateway.Management.Lifecycle;

/// <summary>Where an operation is. The names are also those of the journal's steps.</summary>
public enum LifecyclePhase
{
    /// <summary>Nothing is touched yet: image, digest, disk and names are looked at.</summary>
    Preflight,
    Pulling,
    Creating,
    Starting,

    /// <summary>The engine loads its model; only when it is ready by its profile does it get requests.</summary>
    Loading,
    Switching,

    /// <summary>The version before finishes what it has begun.</summary>
    Draining,
    Removing,

    /// <summary>It went wrong, and the version before is being put back.</summary>
    RollingBack,
    Done,
}

/// <summary>One report of a running operation.</summary>
/// <param name="Phase">Where it is.</param>
/// <param name="Percent">Of the whole operation, 0 to 100; never goes back, except for a rollback's.</param>
/// <param name="Message">For people, a sentence.</param>
/// <param name="Bytes">Bytes pulled so far, while pulling.</param>
/// <param name="TotalBytes">Bytes to pull as far as they are known.</param>
public sealed record LifecycleProgress(LifecyclePhase Phase, double Percent, string Message, long Bytes = 0, long TotalBytes = 0);

/// <summary>Tells how far an operation is, in percent of the whole.</summary>
internal sealed class OperationReport(IProgress<LifecycleProgress> progress)
{
    private double _percent;

    /// <param name="phase">Where it is.</param>
    /// <param name="message">A sentence.</param>
    /// <param name="share">How far it is within the phase, 0 to 1.</param>
    /// <param name="bytes">Bytes pulled.</param>
    /// <param name="total">Bytes to pull, as far as known.</param>
    public void Tell(LifecyclePhase phase, string message, double share = 0, long bytes = 0, long total = 0)
    {
        var (from, to) = Range(phase);
        var percent = from + ((to - from) * Math.Clamp(share, 0, 1));
        _percent = phase == LifecyclePhase.RollingBack ? percent : Math.Max(_percent, percent);
        progress.Report(new LifecycleProgress(phase, Math.Round(_percent, 1), message, bytes, total));
    }

    private static (double From, double To) Range(LifecyclePhase phase) => phase switch
    {
        LifecyclePhase.Preflight => (0, 2),
        LifecyclePhase.Pulling => (2, 60),
        LifecyclePhase.Creating => (60, 63),
        LifecyclePhase.Starting => (63, 66),
        LifecyclePhase.Loading => (66, 92),
        LifecyclePhase.Switching => (92, 94),
        LifecyclePhase.Draining => (94, 98),
        LifecyclePhase.Removing => (98, 100),
        LifecyclePhase.RollingBack => (50, 90),
        LifecyclePhase.Done => (100, 100),
        _ => throw new ArgumentOutOfRangeException(nameof(phase)),
    };
}
