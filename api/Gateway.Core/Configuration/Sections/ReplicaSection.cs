namespace Gateway.Core.Configuration;

/// <summary>One URL of a backend, alone or with its weight.</summary>
internal static class ReplicaSection
{
    private static readonly YamlScalarShape<Uri> Address = YamlShapes.Text("an http:// or https:// URL without user, query or fragment", SettingParsers.Url, @"^https?://[^@?#\s]+$");

    private static readonly YamlKey<Uri> Url = new("url", Address, "the URL of the replica, with or without `/v1`") { Required = true };

    private static readonly YamlKey<long> Weight = new("weight", YamlShapes.Whole(1, 1000),
        "its share of the work: a replica of weight 2 gets twice as much as one of weight 1")
    { Default = "1" };

    /// <summary>The URL alone.</summary>
    public static YamlScalarShape<ReplicaSettings> Single { get; } = YamlShapes.Text(Address.Takes, text => SettingParsers.Url(text) is { } url ? new ReplicaSettings(url) : null, @"^https?://[^@?#\s]+$");

    public static YamlShape<ReplicaSettings> Shape { get; } = new YamlEitherShape<ReplicaSettings>(
        Single,
        new YamlSectionShape<ReplicaSettings>(
            new YamlTable("backends[].urls[]", [Url, Weight]),
            section => new ReplicaSettings(section.Get(Url), (int)section.Get(Weight, 1))));
}
