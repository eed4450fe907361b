namespace Gateway.Configuration.Yaml;

/// <summary>Installed engines that are started when they are asked for.</summary>
internal static class OnDemandSection
{
    private static readonly YamlKey<string> Name = new("name", YamlShapes.Text(BackendKeys.NameTakes, SettingParsers.Name, BackendKeys.NamePattern),
        "the name that the engine is installed under")
    { Required = true };

    private static readonly YamlKey<IReadOnlyList<string>> Models = new("models", YamlShapes.List(YamlShapes.Text("at most 512 characters", SettingParsers.Model, BackendKeys.ModelPattern)),
        "the models that it serves, by the engine's own names; they are listed while it is stopped, too")
    { Required = true };

    private static readonly YamlKey<string> Install = new("install", YamlShapes.Text("a name of a gallery, or an image", ManagementReader.Source, "^[!-~]{1,512}$"),
        "what is installed under that name where nothing is yet, with the first of its models: a name of a gallery, or an image; it is pulled when it is asked for first")
    { Default = "nothing" };

    private static readonly YamlKey<IReadOnlyList<OnDemandEngine>> Engines = new("engines", YamlShapes.List(new YamlSectionShape<OnDemandEngine>(
            new YamlTable("on_demand.engines[]", [Name, Models, Install]),
            section => new OnDemandEngine(section.Get(Name), section.Get(Models), section.Get(Install, null)))),
        "the engines that run only while they are used; all others run always")
    { Required = true };

    private static readonly YamlKey<long> Slots = new("slots", YamlShapes.Whole(1, 1000), "how many of them may run at once") { Default = "1" };

    private static readonly YamlKey<TimeSpan> IdleAfter = new("idle_after", YamlShapes.Seconds(), "one that nobody has used for so long is stopped") { Default = "600" };

    private static readonly YamlKey<TimeSpan> MaxWait = new("max_wait", YamlShapes.Seconds(),
        "so long an engine in use goes on answering its own requests while others wait for its slot; then it is their turn")
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
