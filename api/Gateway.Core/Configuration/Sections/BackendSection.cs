using Gateway.Engines;

namespace Gateway.Core.Configuration;

/// <summary>Makes a backend of its section. What the section leaves out is as in the environment.</summary>
internal static class BackendSection
{
    public static YamlShape<BackendSettings> Shape { get; } = new YamlSectionShape<BackendSettings>(BackendKeys.Table, Build);

    private static BackendSettings Build(YamlSection section)
    {
        var otherwise = section.Reading.Defaults.Backends[0];
        var resilience = section.Get(BackendKeys.Breaker, otherwise.Resilience);
        var backend = new BackendSettings
        {
            Name = section.Get(BackendKeys.Name),
            Kind = section.Get(BackendKeys.Kind),
            Replicas = Replicas(section),
            ApiKey = section.Get(BackendKeys.ApiKey, null),
            Models = [.. section.Get(BackendKeys.Models, []).Select(entry => new ModelAlias(entry.Name, entry.Value))],
            ContextWindow = (int?)section.Get(BackendKeys.ContextWindow, (long?)null),
            PrefixAffinity = section.Get(BackendKeys.PrefixAffinity, otherwise.PrefixAffinity),
            WarmUp = section.Get(BackendKeys.WarmUp, otherwise.WarmUp),
            Resume = section.TryGet(BackendKeys.Resume, out var resume) ? SettingParsers.Resume(resume) : otherwise.Resume,
            StreamPlain = section.TryGet(BackendKeys.StreamPlain, out var plain) ? SettingParsers.StreamPlain(plain) : otherwise.StreamPlain,
            Translate = section.TryGet(BackendKeys.Translate, out var translate) ? SettingParsers.Translate(translate) : otherwise.Translate,
            ServerTools = section.TryGet(BackendKeys.ServerTools, out var tools) ? SettingParsers.ServerTools(tools) : otherwise.ServerTools,
            ClampTokens = section.Get(BackendKeys.ClampTokens, otherwise.ClampTokens),
            Deadlines = section.Get(BackendKeys.Deadlines, otherwise.Deadlines),
            Admission = new AdmissionSettings
            {
                MaxConcurrency = (int?)section.Get(BackendKeys.MaxConcurrency, otherwise.Admission.MaxConcurrency),
                MaxQueue = (int)section.Get(BackendKeys.MaxQueue, otherwise.Admission.MaxQueue),
                QueueTimeout = section.Get(BackendKeys.QueueTimeout, otherwise.Admission.QueueTimeout),
            },
            Resilience = resilience with
            {
                Retries = (int)section.Get(BackendKeys.Retries, resilience.Retries),
                RetryBudget = section.Get(BackendKeys.RetryBudget, resilience.RetryBudget * 100) / 100,
            },
        };
        CheckQueue(section, backend.Admission);
        return backend;
    }

    private static IReadOnlyList<ReplicaSettings> Replicas(YamlSection section)
    {
        var profile = EngineCatalog.Find(section.Get(BackendKeys.Kind))!;
        var named = section.Has(BackendKeys.Urls) ? BackendKeys.Urls : (YamlKey)BackendKeys.Url;
        if (profile.Demonstration && section.Has(named))
        {
            section.Fault(named, "the built-in demo is started by the gateway and has no URL of its own: leave the line out, or say which engine answers there.");
        }

        if (section.Has(BackendKeys.Urls) && section.Has(BackendKeys.Url))
        {
            section.Fault(BackendKeys.Url, "both url and urls are given: put them all under urls.");
        }

        if (section.TryGet(BackendKeys.Urls, out var urls))
        {
            CheckUrls(section, urls);
            return [.. urls.Select(url => url.Value)];
        }

        if (section.TryGet(BackendKeys.Url, out var single))
        {
            CheckOwn(section, single.Url, BackendKeys.Url);
            return [single];
        }

        return section.Has(named) || profile.Demonstration ? [] : Usual(section, profile);
    }

    // In a container the loopback address is the container itself: there an engine is found by its service's name.
    private static IReadOnlyList<ReplicaSettings> Usual(YamlSection section, EngineProfile profile)
    {
        var url = new Uri(section.Reading.InContainer ? profile.Deployment.BaseUrl : profile.Deployment.LocalBaseUrl ?? profile.Deployment.BaseUrl);
        CheckOwn(section, url, BackendKeys.Kind);
        return [new ReplicaSettings(url)];
    }

    private static void CheckUrls(YamlSection section, IReadOnlyList<YamlFound<ReplicaSettings>> urls)
    {
        foreach (var (index, url) in urls.Index())
        {
            if (urls.Take(index).FirstOrDefault(other => other.Value.Url == url.Value.Url) is { } twin)
            {
                section.Reading.Fault(url.Place, url.Path, $"{twin.Path} is the same replica: leave one of them out, or give it a weight.");
            }

            if (OwnAddress.Is(url.Value.Url, section.Reading.Defaults))
            {
                section.Reading.Fault(url.Place, url.Path, Own(url.Value.Url, section));
            }
        }
    }

    private static void CheckOwn(YamlSection section, Uri url, YamlKey key)
    {
        if (OwnAddress.Is(url, section.Reading.Defaults))
        {
            section.Fault(key, Own(url, section));
        }
    }

    private static string Own(Uri url, YamlSection section) => FormattableString.Invariant(
        $"{url} is the gateway's own address ({OwnAddress.PortOf(url, section.Reading.Defaults)}={url.Port}): give the engine's, or move the gateway to another port.");

    private static void CheckQueue(YamlSection section, AdmissionSettings admission)
    {
        if (admission.MaxConcurrency is null && section.Has(BackendKeys.MaxQueue) && !section.Has(BackendKeys.MaxConcurrency) && admission.MaxQueue > 0)
        {
            section.Fault(BackendKeys.MaxQueue, "nobody waits in a queue without max_concurrency: set that too.");
        }
    }
}
