using System.Collections.Frozen;

namespace Gateway.Core.Configuration;

/// <summary>The gateway's own settings. Engines declare theirs in their profiles.</summary>
public static class SettingCatalog
{
    private const string Seconds = "a number of seconds above 0, at most 86400";

    private static readonly FrozenSet<string> Names;

    static SettingCatalog() => Names = All.Select(static spec => spec.Name).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>It is a setting of the gateway's own.</summary>
    public static bool Has(string name) => Names.Contains(name);

    public static IReadOnlyList<SettingSpec> All { get; } =
    [
        new("BACKEND_KIND", "auto", "the engine behind the gateway; `auto` searches for one on this host, or else starts the built-in demo", "the kind of an engine, or `auto`"),
        new("BACKEND_BASE_URL", "", "one or more URLs of the engine, comma-separated (replicas), with or without `/v1`; empty: the default of the kind", "http:// or https:// URLs without user, query or fragment"),
        new("BACKEND_API_KEY", "", "the engine's key, sent in the form the engine expects; clients never see it", "printable text without spaces", Secret: true),
        new("MODEL_NAME", "", "the model the engine is started with, and the one used when a request names none", "at most 512 characters"),
        new("API_KEYS", "", "client keys, comma-separated, each `key` or `name:key`; may be empty only while listening on loopback", "keys of 8 to 512 printable characters without spaces or commas, none twice", Secret: true),
        new("MODEL_ALIASES", "", "names clients may use for a model: `gpt-4o-mini=llama3.1:8b,claude-*=llama3.1:8b` (`*` at the end matches the rest)", "comma-separated `name=model` pairs, no name twice"),
        new("GATEWAY_UNKNOWN_MODEL", "reject", "a model name that no backend lists: answer 404, or serve it with `MODEL_NAME`", "`reject` or `default`"),
        new("GATEWAY_CONFIG", "", "a `gateway.yaml`, for several backends, fallbacks, and keys with limits; a change takes effect without a restart (an invalid file is refused); SIGHUP reloads it immediately", "the path of a file that can be read"),
        new("ADMIN_API_KEY", "", "the admin key, which opens the administration routes; without it they answer 404", "8 to 512 printable characters without spaces", Secret: true, Restart: Restart.First),
        new("GATEWAY_HOST", "127.0.0.1", "address to listen on", "an IP address, `localhost`, or `*` for every address", Restart: Restart.Always),
        new("GATEWAY_PORT", "8000", "port to listen on; 0 picks a free one", "a whole number from 0 to 65535", Restart: Restart.Always),
        new("GATEWAY_METRICS_PORT", "", "a separate port for `/metrics`, which needs no key there; empty: `/metrics` is on `GATEWAY_PORT` and needs a key unless the gateway listens on loopback only", "a whole number from 0 to 65535, and not that of `GATEWAY_PORT`", Restart: Restart.Always),
        new("GATEWAY_METRICS_HOST", "", "address for `GATEWAY_METRICS_PORT`, to keep it from the networks of clients and engines; empty: as `GATEWAY_HOST`",
            "an IP address, `localhost`, `*` for every address, or a name that this machine has on one of its networks", Restart: Restart.Always),
        new("GATEWAY_LOG_FORMAT", "console", "format of the log: readable text, or one JSON object per line", "`console` or `json`", Restart: Restart.Always),
        new("GATEWAY_CORS_ORIGINS", "", "browser origins that may call `/v1`, comma-separated", "origins such as https://chat.example.org or app://obsidian.md, or `*`", Restart: Restart.Always),
        new("GATEWAY_MEDIA_URLS", "pass", "whether requests may contain URLs of images, audio and files for the engine to fetch; `deny` allows only `data:` URLs", "`pass` or `deny`"),
        new("GATEWAY_SERVER_TOOLS", "auto", "tools that a server runs itself (`web_search`, `web_fetch`, `code_execution`, `file_search`, `mcp`, …) and that may send parts of a prompt to other sites: remove them from requests (`strip`, reported in the header `x-gateway-removed`), pass them (`allow`), or pass them to the kind `openai` only (`auto`)", "`auto`, `strip` or `allow`"),
        new("GATEWAY_OBJECT_KEYS", "", "names of the client keys that may use stored objects (files, batches, stored responses and conversations, threads, vector stores, …), comma-separated, or `*`; an engine stores them in one place for all, so these keys see each other's objects. Empty: allowed with one key or none, and for no key when there are several", "names of client keys, or `*`"),
        new("GATEWAY_CLAMP_MAX_TOKENS", "on", "lower `max_tokens` and similar to the model's context if an engine would refuse more (docs/engines.md)", "`on` or `off`"),
        new("GATEWAY_MERGE_SYSTEM", "auto", "join system and developer messages into one system message at the front if an engine's templates refuse them elsewhere (docs/engines.md); `off` leaves them where they are", "`auto` or `off`"),
        new("GATEWAY_MAX_BODY_MB", "64", "maximum request body, in MiB; a larger one gets 413", "a whole number from 1 to 4096"),
        new("GATEWAY_BODY_MEMORY_MB", "", "memory for the bodies of all running requests together, in MiB; a request beyond it gets 503; empty: half of what the container's limit, or else the machine, allows", "a whole number from 1 to 1048576, and not below `GATEWAY_MAX_BODY_MB`", Restart: Restart.Always),
        new("GATEWAY_CONNECT_TIMEOUT_SECONDS", "5", "deadline for connecting to an engine", Seconds),
        new("GATEWAY_HEADERS_TIMEOUT_SECONDS", "600", "deadline for an engine's response headers; includes its queue and the processing of the prompt", Seconds),
        new("GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS", "600", "deadline for the first event of a stream that has content", Seconds),
        new("GATEWAY_IDLE_TIMEOUT_SECONDS", "120", "longest silence between two parts of an answer", Seconds),
        new("GATEWAY_TOTAL_TIMEOUT_SECONDS", "3600", "deadline for a whole request", Seconds),
        new("GATEWAY_RETRIES", "2", "additional attempts until something has been sent to the client: on another replica, on a fallback, or on the same replica after a pause", "a whole number from 0 to 5"),
        new("GATEWAY_RETRY_BUDGET_PERCENT", "20", "retries among the replicas of a backend, as a long-term share of its requests, so that a failing engine does not get twice the load; the step to a fallback does not count", "a whole number from 0 to 100"),
        new("GATEWAY_BREAKER_FAILURES", "5", "failures within 30 s, and at least half of the attempts (or twice as many in a row), after which a replica gets no requests for a while if another one or a fallback can answer", "a whole number from 2 to 1000"),
        new("GATEWAY_BREAKER_SECONDS", "5", "pause before one trial request is sent to it", "a number of seconds from 0.5 to 86400"),
        new("GATEWAY_TRANSLATE", "auto", "serve `/v1/messages`, `/v1/messages/count_tokens` and `/v1/responses` by translation to chat completions (docs/translation.md): `auto` if the engine lacks them, `always` instead of the engine's own, `never`", "`auto`, `always` or `never`"),
        new("GATEWAY_STREAM_PLAIN", "auto", "request non-streaming chat and text completions as a stream and assemble them in the gateway, so that a disconnect, and the deadlines for the first token and between tokens, stop the engine's work; `auto` does it for engines that would continue (docs/engines.md)", "`auto`, `on` or `off`"),
        new("GATEWAY_WARMUP_SECONDS", "10", "how long a replica that has recovered takes to get its full share of requests again; 0: no warm-up", "a number of seconds from 0 to 86400"),
        new("GATEWAY_PREFIX_AFFINITY", "off", "send requests with the same beginning to the same replica, which has it in its cache, while that one is not busier than the others", "`off` or `on`"),
        new("GATEWAY_RESUME", "off", "what happens when a stream breaks halfway: end it with an error event (`off`), or buffer every stream until it is complete, so that a broken one is retried elsewhere and the client never sees it (`buffer`; comments keep the connection alive meanwhile), or let another replica or a fallback continue from the text so far (`continue`: chat only, without tools, schemas or log probabilities; a comment marks it)", "`off`, `buffer` or `continue`"),
        new("GATEWAY_MAX_CONCURRENCY", "", "maximum concurrent requests to an engine; empty: no limit", "a whole number from 1 to 100000"),
        new("GATEWAY_MAX_QUEUE", "0", "requests that may wait for admission under `GATEWAY_MAX_CONCURRENCY`; a request beyond it gets 503", "a whole number from 0 to 100000"),
        new("GATEWAY_QUEUE_TIMEOUT_SECONDS", "30", "longest wait in that queue", Seconds),
        new("GATEWAY_LOADING_WAIT_SECONDS", "0", "let requests wait this long while the engine loads or is unreachable, instead of answering 503", "a number of seconds from 0 to 86400"),
        new("GATEWAY_MANAGEMENT", "off", "whether the admin key may install, upgrade and remove engines: `read` allows lists and logs only; needs ADMIN_API_KEY, see docs/management.md", "`off`, `read` or `on`", Restart: Restart.Always),
        new("DOCKER_HOST", "unix:///var/run/docker.sock", "the Docker Engine for installed engines", "unix:///path or tcp://host:port", Restart: Restart.Always),
        new("DOCKER_CERT_PATH", "", "folder with `ca.pem`, `cert.pem` and `key.pem` for Docker Engines reached by tcp://; empty: without TLS", "the path of a folder", Restart: Restart.Always),
        new("GATEWAY_ACCELERATOR", "auto", "the hardware of this machine, if its Docker Engine does not report it", "`auto`, `nvidia`, `amd`, `intel` or `cpu`", Restart: Restart.Always),
        new("GATEWAY_NODES", "", "several machines for engines, comma-separated, each `name=address` of its Docker Engine, with `?accelerator=amd` if that does not report its hardware; empty: the one at DOCKER_HOST", "comma-separated `name=unix:///path` or `name=tcp://host:port`, no name twice", Restart: Restart.Always),
        new("GATEWAY_BACKEND_GALLERIES", "", "lists of engines that can be installed, before the built-in one: files or URLs, comma-separated, each with an optional `name=`; or a JSON list of `{\"name\",\"url\"}`", "paths, http:// or https:// URLs without user", Restart: Restart.Always),
        new("GATEWAY_REGISTRY_AUTH_FILE", "", "a file with the logins of private registries, in the format of Docker's `config.json` (`auths`, as `docker login` writes it); read for each pull", "the path of a file", Restart: Restart.Always),
        new("GATEWAY_EXTERNAL_BACKENDS", "", "engines to install at the start if they are missing, comma-separated: a name of a gallery or an image, with `=MODEL` if it needs another model than MODEL_NAME", "comma-separated `name` or `name=model`", Restart: Restart.Always),
        new("GATEWAY_DATA_DIR", "data/gateway", "folder for persistent data: jobs, the audit log, changes in progress, the tokens that keys have used this month", "the path of a folder", Restart: Restart.Always),
        new("GATEWAY_HOLD_COMMENT_SECONDS", "10", "interval of SSE comments to a streaming client that waits (for an engine that loads, or in a queue), so that intermediaries do not close the connection; after the first comment the status is 200 and errors arrive as events", Seconds),
        new("GATEWAY_DRAIN_SECONDS", "30", "on SIGTERM `/ready` turns 503 and running requests may finish for this long", "a number of seconds from 0 to 86400", Restart: Restart.Always),
        new("OTEL_EXPORTER_OTLP_ENDPOINT", "", "the collector for a trace of each request; empty: no tracing", "an http:// or https:// URL without user, query or fragment", Restart: Restart.Always),
        new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "protocol of the collector; with `http/protobuf`, `/v1/traces` is appended to its URL", "`http/protobuf` or `grpc`", Restart: Restart.Always),
        new("OTEL_EXPORTER_OTLP_HEADERS", "", "headers for the collector, such as its key: `name=value`, comma-separated", "comma-separated `name=value` pairs", Secret: true, Restart: Restart.Always),
        new("OTEL_SERVICE_NAME", "gateway", "name of this gateway in traces", "at most 128 characters", Restart: Restart.Always),
        new("OTEL_TRACES_SAMPLER", "parentbased_always_on", "which requests are traced; `parentbased_…` follows the client's trace if there is one", "`always_on`, `always_off`, `traceidratio`, or one of these after `parentbased_`", Restart: Restart.Always),
        new("OTEL_TRACES_SAMPLER_ARG", "", "the share of requests that `traceidratio` keeps; empty: all", "a number from 0 to 1", Restart: Restart.Always),
    ];
}
