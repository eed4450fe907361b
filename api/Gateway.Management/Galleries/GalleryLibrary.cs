using Gateway.Core.Configuration;

namespace Gateway.Management.Galleries;

/// <summary>How a gallery was read last.</summary>
/// <param name="Source">Which.</param>
/// <param name="Entries">How many entries it gave.</param>
/// <param name="Faults">What is wrong with it, one sentence each, with the place where there is one.</param>
/// <param name="ReadAt">When; null: never as a whole.</param>
public sealed record GalleryReport(GallerySettings Source, int Entries, IReadOnlyList<string> Faults, DateTimeOffset? ReadAt);

/// <summary>
/// The galleries of the settings and the built-in one, read when they are first asked for and again when they have aged. One
/// that cannot be read keeps what it had, and is reported.
/// </summary>
public sealed partial class GalleryLibrary(IReadOnlyList<GallerySettings> sources, GallerySource files, TimeProvider clock, ILogger<GalleryLibrary> logger) : IDisposable
{
    /// <summary>A gallery is looked at again after so long.</summary>
    public static readonly TimeSpan Age = TimeSpan.FromMinutes(5);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly Dictionary<GallerySettings, GalleryContents> _last = [];
    private volatile Snapshot? _snapshot;

    /// <summary>What can be installed.</summary>
    public async Task<GalleryCatalog> CatalogAsync(CancellationToken cancellationToken) => (await ReadAsync(cancellationToken)).Catalog;

    /// <summary>The galleries, in their order.</summary>
    public async Task<IReadOnlyList<GalleryReport>> ReportsAsync(CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken)).Reports;

    /// <summary>The next who asks gets them newly read.</summary>
    public void Expire() => _snapshot = null;

    public void Dispose() => _turn.Dispose();

    private async Task<Snapshot> ReadAsync(CancellationToken cancellationToken)
    {
        if (_snapshot is { } fresh && clock.GetElapsedTime(fresh.Taken) < Age)
        {
            return fresh;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _snapshot is { } other && clock.GetElapsedTime(other.Taken) < Age ? other : _snapshot = await TakeAsync(_snapshot, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<Snapshot> TakeAsync(Snapshot? before, CancellationToken cancellationToken)
    {
        var reports = new List<GalleryReport>();
        var read = await Task.WhenAll(sources.Select(source => ReadAsync(source, cancellationToken)));
        for (var i = 0; i < sources.Count; i++)
        {
            var (contents, whole) = read[i];
            if (contents.Entries.Count == 0 && contents.Faults.Count > 0)
            {
                contents = contents with { Entries = _last.GetValueOrDefault(sources[i])?.Entries ?? [] };
            }

            _last[sources[i]] = contents;
            reports.Add(new GalleryReport(sources[i], contents.Entries.Count, contents.Faults, whole ? clock.GetUtcNow() : before?.Reports[i].ReadAt));
        }

        var catalog = new GalleryCatalog([.. sources.Select(source => _last[source].Entries), BuiltInGallery.Entries]);
        reports.Add(new GalleryReport(BuiltInGallery.Source, BuiltInGallery.Entries.Count, catalog.Warnings, clock.GetUtcNow()));
        Tell(reports, before?.Reports ?? []);
        return new Snapshot(catalog, reports, clock.GetTimestamp());
    }

    // A gallery is not ours: whatever it answers, and whatever our reading of it does wrong, costs this gallery only.
    private async Task<(GalleryContents Contents, bool Whole)> ReadAsync(GallerySettings source, CancellationToken cancellationToken)
    {
        string? reason;
        try
        {
            (var bytes, reason) = await files.ReadAsync(source, cancellationToken);
            if (bytes is not null)
            {
                return (GalleryReader.Read(bytes, source), true);
            }
        }
#pragma warning disable CA1031 // It is logged with its stack, and the other galleries are still read.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Log.Defect(logger, e, source.Name);
            reason = $"the gateway cannot read it, because of a defect: {e.Message}";
        }

        return (new GalleryContents([], [$"{SettingParsers.WithoutSecrets(source.Url)}: {reason}"]), false);
    }

    // What was told once is not told again every few minutes.
    private void Tell(List<GalleryReport> reports, IReadOnlyList<GalleryReport> before)
    {
        var told = before.SelectMany(report => report.Faults).ToHashSet(StringComparer.Ordinal);
        foreach (var report in reports)
        {
            foreach (var fault in report.Faults.Where(fault => !told.Contains(fault)))
            {
                Log.Fault(logger, report.Source.Name, fault);
            }
        }
    }

    private sealed record Snapshot(GalleryCatalog Catalog, IReadOnlyList<GalleryReport> Reports, long Taken);

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Gallery {Name}: {Fault}")]
        public static partial void Fault(ILogger logger, string name, string fault);

        [LoggerMessage(2, LogLevel.Error, "The gallery {Name} cannot be read because of a defect in the gateway.")]
        public static partial void Defect(ILogger logger, Exception exception, string name);
    }
}
