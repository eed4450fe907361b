namespace Gateway.Core.Configuration;

/// <summary>A client's key, with what it may use.</summary>
internal static class ClientKeySection
{
    private const string Limit = "no limit";
    private const long Many = 1_000_000_000_000;

    private static readonly YamlKey<string> Name = new("name", YamlShapes.Text(BackendKeys.NameTakes, SettingParsers.Name, BackendKeys.NamePattern),
        "the owner of the key; logs and metrics show this name instead of the key")
    { Required = true };

    private static readonly YamlKey<byte[]> Sha256 = new("sha256", YamlShapes.Secret("64 hexadecimal digits: `printf %s KEY | sha256sum`", SettingParsers.Sha256, "^[0-9A-Fa-f]{64}$"),
        "the SHA-256 of the key, so that the file does not contain the key")
    { NeverEmpty = true };

    private static readonly YamlKey<byte[]> Key = new("key", YamlShapes.Secret("8 to 512 printable characters without spaces", SettingParsers.KeyHash, "^[!-~]{8,512}$"),
        "the key, preferably as `${NAME}`, if there is no `sha256`")
    { NeverEmpty = true };

    private static readonly YamlKey<IReadOnlyList<string>> Models = new("models", YamlShapes.List(YamlShapes.Text("at most 512 characters, `*` for any text", SettingParsers.Model, BackendKeys.ModelPattern)),
        "the models that the key may use, by the names that clients use; to this key no other exists")
    { Default = "all of them" };

    private static readonly YamlKey<long> RequestsPerMinute = new("requests_per_minute", YamlShapes.Whole(1, 1_000_000_000), "requests within any minute; the model list is not counted") { Default = Limit };

    private static readonly YamlKey<long> TokensPerMinute = new("tokens_per_minute", YamlShapes.Whole(1, Many), "tokens of prompts and answers within any minute; a running request reserves its estimate") { Default = Limit };

    private static readonly YamlKey<long> MaxConcurrency = new("max_concurrency", YamlShapes.Whole(1, 100_000), "maximum concurrent requests") { Default = Limit };

    private static readonly YamlKey<long> MonthlyTokens = new("monthly_tokens", YamlShapes.Whole(1, Many), "tokens of prompts and answers within a calendar month (UTC); saved under `GATEWAY_DATA_DIR`") { Default = Limit };

    public static YamlShape<ClientKey> Shape { get; } = new YamlSectionShape<ClientKey>(
        new YamlTable("keys[]", [Name, Sha256, Key, Models, RequestsPerMinute, TokensPerMinute, MaxConcurrency, MonthlyTokens]),
        section => new ClientKey(section.Get(Name), Hash(section))
        {
            Models = section.Get(Models, []),
            Limits = new KeyLimits
            {
                RequestsPerMinute = (int?)section.Get(RequestsPerMinute, (long?)null),
                TokensPerMinute = section.Get(TokensPerMinute, (long?)null),
                MaxConcurrency = (int?)section.Get(MaxConcurrency, (long?)null),
                MonthlyTokens = section.Get(MonthlyTokens, (long?)null),
            },
        });

    private static byte[] Hash(YamlSection section)
    {
        if (section.Has(Sha256) && section.Has(Key))
        {
            section.Fault(Key, "both sha256 and key are set: keep one of them.");
        }
        else if (!section.Has(Sha256) && !section.Has(Key))
        {
            section.Reading.Fault(section.Place, section.Path, "sha256 or key is missing: the entry needs one of them.");
        }

        return section.Get(Sha256, null) ?? section.Get(Key, []);
    }
}
