namespace Gateway.Engines;

/// <summary>With whom an engine that is started on demand may be in memory at once.</summary>
public enum SlotPolicy
{
    /// <summary>It takes one of the slots; the one that was used longest ago makes way for it.</summary>
    Standard,

    /// <summary>It is alone: every other makes way for it, and it for every other.</summary>
    Exclusive,

    /// <summary>Beside engines of other kinds it needs no slot; of its own kind there is one at a time.</summary>
    CoexistByType,

    /// <summary>It takes so little that it is not counted.</summary>
    Unmetered,
}
