using Gateway.Engines;

namespace Gateway.Core.Configuration;

/// <summary>Installed engines that are started when they are asked for.</summary>
internal static class OnDemandSection
{
    private static readonly Dictionary<string, SlotPolicy> Policies = new()
    {
        ["standard"] = SlotPolicy.Standard,
        ["exclusive"] = SlotPolicy.Exclusive,
        ["coexist_by_type"] = SlotPolicy.CoexistByType,
        ["unmetered"] = SlotPolicy.Unmetered,
    };

    private static readonly YamlKey<string> Name = new("name", YamlShapes.Text(BackendKeys.NameTakes, SettingParsers.Name, BackendKeys.NamePattern),
        "the name of the installed engine")
    { Required = true };

    private static readonly YamlKey<IReadOnlyList<string>> Models = new("models", YamlShapes.List(YamlShapes.Text("at most 512 characters", SettingParsers.Model, BackendKeys.ModelPattern)),
        "the models that it serves, by the engine's names; they are listed even while it is stopped")
    { Required = true };

    private static readonly YamlKey<string> Install = new("install", YamlShapes.Text("a name of a gallery, or an image", ManagementReader.Source, "^[!-~]{1,512}$"),
        "what to install under that name if nothing is installed, with the first of its models: a name of a gallery, or an image; it is pulled on its first request")
    { Default = "nothing" };

    private static readonly YamlKey<string> Policy = new("policy", YamlShapes.Choice([.. Policies.Keys]),
        "what it may run with at the same time: `standard` uses one of the slots, `exclusive` runs alone, `coexist_by_type` uses no slot but does not run with another of its kind, `unmetered` uses none, for example because it runs on the CPU")
    { Default = "as its profile says: `standard`" };

    private static readonly YamlKey<IReadOnlyList<OnDemandEngine>> Engines = new("engines", YamlShapes.List(new YamlSectionShape<OnDemandEngine>(
            new YamlTable("on_demand.engines[]", [Name, Models, Install, Policy]),
            section => new OnDemandEngine(section.Get(Name), section.Get(Models), section.Get(Install, null), section.Get(Policy, null) is { } policy ? Policies[policy] : null))),
        "the engines that run only while they are used; all others always run")
    { Required = true };

    private static readonly YamlKey<long> Slots = new("slots", YamlShapes.Whole(1, 1000), "how many of them may run at the same time") { Default = "1" };

    private static readonly YamlKey<TimeSpan> IdleAfter = new("idle_after", YamlShapes.Seconds(), "idle time after which an engine is stopped") { Default = "600" };

    private static readonly YamlKey<TimeSpan> MaxWait = new("max_wait", YamlShapes.Seconds(),
        "how long a busy engine continues with its requests while others wait for its slot")
    { Default = "30" };

    public static YamlShape<OnDemandSettings> Shape { get; } = new YamlSectionShape<OnDemandSettings>(new YamlTable("on_demand", [Engines, Slots, IdleAfter, MaxWait]), section =>
    {
        var otherwise = new OnDemandSettings();
        return new OnDemandSettings
        {
            Engines = section.Get(Engines, []),
            Slots = (int)section.Get(Slots, otherwise.Slots),
            IdleAfter = section.Get(IdleAfter, otherwise.IdleAfter),
            MaxWait = section.Get(MaxWait, otherwise.MaxWait),
        };
    });
}
