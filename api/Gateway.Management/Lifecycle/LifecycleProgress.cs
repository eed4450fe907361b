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
