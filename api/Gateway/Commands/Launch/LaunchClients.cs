using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;

namespace Gateway.Commands.Launch;

/// <summary>The coding agents of <c>gateway launch</c>, one entry each.</summary>
internal static class LaunchClients
{
    // Read by the clients whose configuration names a variable, so that the key stands in no file and on no command line.
    public const string KeyVariable = "LLM_GATEWAY_KEY";

    private const string Provider = "gateway";

    public static IReadOnlyList<LaunchClient> All { get; } =
    [
        new("claude", "Claude Code", "@anthropic-ai/claude-code", Claude),
        new("codex", "Codex", "@openai/codex", Codex),
        new("opencode", "opencode", "opencode-ai", OpenCode),
        new("qwen", "Qwen Code", "@qwen-code/qwen-code", Qwen),
    ];

    public static LaunchClient? Find(string name) => All.FirstOrDefault(client => client.Name == name);

    private static LaunchSetup Claude(LaunchTarget target)
    {
        List<(string Name, string Value)> variables =
        [
            ("ANTHROPIC_BASE_URL", target.Url),
            ("ANTHROPIC_AUTH_TOKEN", target.Key),
            ("ANTHROPIC_MODEL", target.Model),
            // Without these its helpers ask for models of Anthropic's.
            ("ANTHROPIC_DEFAULT_OPUS_MODEL", target.Model),
            ("ANTHROPIC_DEFAULT_SONNET_MODEL", target.Model),
            ("ANTHROPIC_DEFAULT_HAIKU_MODEL", target.Model),
        ];
        if (target is { Window: { } window, MostOutput: { } output })
        {
            variables.Add(("CLAUDE_CODE_AUTO_COMPACT_WINDOW", Text(window)));
            variables.Add(("CLAUDE_CODE_MAX_OUTPUT_TOKENS", Text(output)));
        }

        return new LaunchSetup(variables, []) { Unset = ["ANTHROPIC_API_KEY"] };
    }

    private static LaunchSetup Codex(LaunchTarget target)
    {
        List<string> arguments =
        [
            .. Set("model_provider", Quoted(Provider)),
            .. Set($"model_providers.{Provider}.name", Quoted(Provider)),
            .. Set($"model_providers.{Provider}.base_url", Quoted(target.OpenAiUrl)),
            .. Set($"model_providers.{Provider}.env_key", Quoted(KeyVariable)),
            .. Set($"model_providers.{Provider}.wire_api", Quoted("responses")),
            .. Set("model", Quoted(target.Model)),
        ];
        if (target.Window is { } window)
        {
            arguments.AddRange(Set("model_context_window", Text(window)));
        }

        return new LaunchSetup([(KeyVariable, target.Key)], arguments);
    }

    private static LaunchSetup OpenCode(LaunchTarget target) =>
        new([(KeyVariable, target.Key), ("OPENCODE_CONFIG_CONTENT", OpenCodeConfig(target))], []);

    private static LaunchSetup Qwen(LaunchTarget target) =>
        new([("OPENAI_API_KEY", target.Key), ("OPENAI_BASE_URL", target.OpenAiUrl), ("OPENAI_MODEL", target.Model)], ["--auth-type", "openai"])
        {
            Note = target.Window is { } window
                ? $"The context window goes into ~/.qwen/settings.json: {{\"model\":{{\"generationConfig\":{{\"contextWindowSize\":{Text(window)}}}}}}}"
                : null,
        };

    private static string OpenCodeConfig(LaunchTarget target)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, GatewayJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("model"u8, $"{Provider}/{target.Model}");
            json.WriteString("small_model"u8, $"{Provider}/{target.Model}");
            json.WriteStartObject("provider"u8);
            json.WriteStartObject(Provider);
            json.WriteString("npm"u8, "@ai-sdk/openai-compatible"u8);
            json.WriteString("name"u8, Provider);
            json.WriteStartObject("options"u8);
            json.WriteString("baseURL"u8, target.OpenAiUrl);
            json.WriteString("apiKey"u8, $$"""{env:{{KeyVariable}}}""");
            json.WriteEndObject();
            json.WriteStartObject("models"u8);
            json.WriteStartObject(target.Model);
            if (target is { Window: { } window, MostOutput: { } output })
            {
                json.WriteStartObject("limit"u8);
                json.WriteNumber("context"u8, window);
                json.WriteNumber("output"u8, output);
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string[] Set(string name, string value) => ["-c", $"{name}={value}"];

    // A basic string of TOML escapes as JSON does.
    private static string Quoted(string value) => $"\"{JsonEncodedText.Encode(value, GatewayJson.WriterOptions.Encoder)}\"";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
