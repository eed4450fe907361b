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
        new("BACKEND_KIND", "auto", "the engine behind the gateway; `auto` looks for one on this host and else starts the built-in demo", "the kind of an engine, or `auto`"),
        new("BACKEND_BASE_URL", "", "one or more URLs of the engine, comma-separated (replicas), with or without `/v1`; without it the kind's usual one", "http:// or https:// URLs without user, query or fragment"),
        new("BACKEND_API_KEY", "", "the engine's own key, sent in the form the engine takes; clients never see it", "printable text without spaces", Secret: true),
        new("MODEL_NAME", "", "the model the engine is started with, and the one used when a request names none", "at most 512 characters"),
        new("API_KEYS", "", "keys of your clients, comma-separated, each `key` or `name:key`; may be empty only while listening on loopback", "keys of 8 to 512 printable characters without spaces or commas, none twice", Secret: true),
        new("MODEL_ALIASES", "", "names clients may use for a model: `gpt-4o-mini=llama3.1:8b,claude-*=llama3.1:8b` (`*` at the end matches the rest)", "comma-separated `name=model` pairs, no name twice"),
        new("GATEWAY_UNKNOWN_MODEL", "reject", "a model name that no backend lists: answer 404, or serve it with `MODEL_NAME`", "`reject` or `default`"),
        new("GATEWAY_CONFIG", "", "a `gateway.yaml`, for several backends, fallbacks, and keys that may use only some models; a change of it takes effect at once (a wrong one is refused), as does SIGHUP", "the path of a file that can be read"),
        new("ADMIN_API_KEY", "", "opens the administration routes; without it they answer 404", "8 to 512 printable characters without spaces", Secret: true, Restart: Restart.First),
        new("GATEWAY_HOST", "127.0.0.1", "address to listen on", "an IP address, `localhost`, or `*` for every address", Restart: Restart.Always),
        new("GATEWAY_PORT", "8000", "port to listen on; 0 picks a free one", "a whole number from 0 to 65535", Restart: Restart.Always),
        new("GATEWAY_METRICS_PORT", "", "a port of its own for `/metrics`, where no key is asked for; empty: `/metrics` is on `GATEWAY_PORT` and takes a key unless only loopback is listened on", "a whole number from 0 to 65535, and not that of `GATEWAY_PORT`", Restart: Restart.Always),
        new("GATEWAY_METRICS_HOST", "", "where `GATEWAY_METRICS_PORT` is listened on, to keep it from the networks of clients and engines; empty: as `GATEWAY_HOST`",
            "an IP address, `localhost`, `*` for every address, or a name that this machine has on one of its networks", Restart: Restart.Always),
        new("GATEWAY_LOG_FORMAT", "console", "how the log is written: for people, or one JSON object a line", "`console` or `json`", Restart: Restart.Always),
        new("GATEWAY_CORS_ORIGINS", "", "browser origins that may call `/v1`, comma-separated", "origins such as https://chat.example.org or app://obsidian.md, or `*`", Restart: Restart.Always),
        new("GATEWAY_MEDIA_URLS", "pass", "whether engines may be sent URLs of images, audio and files to fetch; `deny` lets only `data:` URLs through", "`pass` or `deny`"),
        new("GATEWAY_SERVER_TOOLS", "auto", "tools that a server runs itself (`web_search`, `web_fetch`, `code_execution`, `file_search`, `mcp`, …) and that may send words of a prompt off the site: leave them out of requests (`strip`, said in the header `x-gateway-removed`), let them pass (`allow`), or let them pass to the kind `openai` only (`auto`)", "`auto`, `strip` or `allow`"),
        new("GATEWAY_OBJECT_KEYS", "", "names of the client keys that may use stored objects (files, batches, stored responses and conversations, threads, vector stores, …), comma-separated, or `*`; an engine keeps them in one place for all, so these keys see each other's. Empty: with one key, or none, that caller may; with several, none may", "names of client keys, or `*`"),
        new("GATEWAY_CLAMP_MAX_TOKENS", "on", "lower `max_tokens` and its like to the model's context where an engine refuses more (docs/engines.md)", "`on` or `off`"),
        new("GATEWAY_MAX_BODY_MB", "64", "largest request body, in MiB; over it the answer is 413", "a whole number from 1 to 4096"),
        new("GATEWAY_BODY_MEMORY_MB", "", "memory that the bodies of all running requests may take together, in MiB; over it the answer is 503; empty: half of what the container's limit, or else the machine, allows", "a whole number from 1 to 1048576, and not below `GATEWAY_MAX_BODY_MB`", Restart: Restart.Always),
        new("GATEWAY_CONNECT_TIMEOUT_SECONDS", "5", "deadline for connecting to an engine", Seconds),
        new("GATEWAY_HEADERS_TIMEOUT_SECONDS", "600", "deadline for an engine's response headers: its queue and the prompt's processing fall in here", Seconds),
        new("GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS", "600", "deadline for the first event of a stream that says something", Seconds),
        new("GATEWAY_IDLE_TIMEOUT_SECONDS", "120", "longest silence between two pieces of an answer", Seconds),
        new("GATEWAY_TOTAL_TIMEOUT_SECONDS", "3600", "deadline for a whole request", Seconds),
        new("GATEWAY_RETRIES", "2", "further attempts while nothing has been sent to the client: on another replica, on a fallback, or on the same one after a pause", "a whole number from 0 to 5"),
        new("GATEWAY_RETRY_BUDGET_PERCENT", "20", "retries among the replicas of a backend, as a share of requests over the long run, so that an engine in trouble is not asked twice as often; the step to a fallback is free", "a whole number from 0 to 100"),
        new("GATEWAY_BREAKER_FAILURES", "5", "failures within 30 s, and at least half of the attempts (or twice as many in a row), after which a replica is left alone for a while where there is another one or a fallback", "a whole number from 2 to 1000"),
        new("GATEWAY_BREAKER_SECONDS", "5", "how long it is left alone before one request is let through to it", "a number of seconds from 0.5 to 86400"),
        new("GATEWAY_TRANSLATE", "auto", "serve `/v1/messages`, `/v1/messages/count_tokens` and `/v1/responses` by translation to chat completions (docs/translation.md): `auto` where the engine lacks them, `always` in place of the engine's own, `never`", "`auto`, `always` or `never`"),
        new("GATEWAY_STREAM_PLAIN", "auto", "ask for plain chat and text completions as a stream and put them together here, so that a caller who leaves, and the deadlines for the first token and between tokens, end the engine's work; `auto` does it for engines that would go on (docs/engines.md)", "`auto`, `on` or `off`"),
        new("GATEWAY_WARMUP_SECONDS", "10", "how long a replica takes that was away, until it gets its whole share of the requests again; 0: none", "a number of seconds from 0 to 86400"),
        new("GATEWAY_PREFIX_AFFINITY", "off", "requests with the same beginning go to the same replica, whose cache knows it, while that one is not busier than the others", "`off` or `on`"),
        new("GATEWAY_RESUME", "off", "a stream that breaks half way: end it with an error event (`off`), or hold every stream back until it is whole, so that a broken one is tried again elsewhere and the caller never sees it (`buffer`; comments keep the connection alive meanwhile), or let another replica or a fallback go on from the text so far (`continue`: plain chat only, without tools, schemas or log probabilities; a comment says so)", "`off`, `buffer` or `continue`"),
        new("GATEWAY_MAX_CONCURRENCY", "", "requests an engine is given at once; empty: no limit", "a whole number from 1 to 100000"),
        new("GATEWAY_MAX_QUEUE", "0", "requests that may wait behind `GATEWAY_MAX_CONCURRENCY`; over it the answer is 503", "a whole number from 0 to 100000"),
        new("GATEWAY_QUEUE_TIMEOUT_SECONDS", "30", "longest wait in that queue", Seconds),
        new("GATEWAY_LOADING_WAIT_SECONDS", "0", "hold requests this long while the engine loads, or is away, instead of answering 503", "a number of seconds from 0 to 86400"),
        new("GATEWAY_MANAGEMENT", "off", "whether the operator may install, upgrade and remove engines here: `read` lists and watches only; takes ADMIN_API_KEY too, see docs/management.md", "`off`, `read` or `on`", Restart: Restart.Always),
        new("DOCKER_HOST", "unix:///var/run/docker.sock", "the Docker Engine that engines are installed on", "unix:///path or tcp://host:port", Restart: Restart.Always),
        new("DOCKER_CERT_PATH", "", "folder with `ca.pem`, `cert.pem` and `key.pem` for Docker Engines reached by tcp://; empty: without TLS", "the path of a folder", Restart: Restart.Always),
        new("GATEWAY_ACCELERATOR", "auto", "what this machine computes on, where its Docker Engine cannot tell", "`auto`, `nvidia`, `amd`, `intel` or `cpu`", Restart: Restart.Always),
        new("GATEWAY_NODES", "", "several machines for engines, comma-separated, each `name=address` of its Docker Engine, with `?accelerator=amd` behind it where that cannot tell; empty: the one at DOCKER_HOST", "comma-separated `name=unix:///path` or `name=tcp://host:port`, no name twice", Restart: Restart.Always),
        new("GATEWAY_BACKEND_GALLERIES", "", "lists of engines that can be installed, before the built-in one: files or URLs, comma-separated, each with `name=` before it if you like; or a JSON list of `{\"name\",\"url\"}`", "paths, http:// or https:// URLs without user", Restart: Restart.Always),
        new("GATEWAY_REGISTRY_AUTH_FILE", "", "a file with the logins of registries whose images are not for everybody, in the form of Docker's `config.json` (`auths`, as `docker login` writes it); it is read anew for each pull", "the path of a file", Restart: Restart.Always),
        new("GATEWAY_EXTERNAL_BACKENDS", "", "engines to install at the start where they are missing, comma-separated: a name of a gallery or an image, with `=MODEL` behind it if it needs another model than MODEL_NAME", "comma-separated `name` or `name=model`", Restart: Restart.Always),
        new("GATEWAY_DATA_DIR", "data/gateway", "folder for what outlives the process: jobs, the audit log, changes under way, the tokens that keys have used of a month", "the path of a folder", Restart: Restart.Always),
        new("GATEWAY_HOLD_COMMENT_SECONDS", "10", "how often a streaming caller who has to wait (for an engine that loads, or in a queue) is sent an SSE comment, so that nothing in between takes the connection for dead; from the first one on the status is 200 and an error comes as an event", Seconds),
        new("GATEWAY_DRAIN_SECONDS", "30", "on SIGTERM: not ready at once, running requests may finish for this long", "a number of seconds from 0 to 86400", Restart: Restart.Always),
        new("OTEL_EXPORTER_OTLP_ENDPOINT", "", "the collector that gets a trace of each request; empty: nothing is traced", "an http:// or https:// URL without user, query or fragment", Restart: Restart.Always),
        new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "how the collector is spoken to; with `http/protobuf`, `/v1/traces` is appended to its URL", "`http/protobuf` or `grpc`", Restart: Restart.Always),
        new("OTEL_EXPORTER_OTLP_HEADERS", "", "headers for the collector, such as its key: `name=value`, comma-separated", "comma-separated `name=value` pairs", Secret: true, Restart: Restart.Always),
        new("OTEL_SERVICE_NAME", "gateway", "what this gateway is called in traces", "at most 128 characters", Restart: Restart.Always),
        new("OTEL_TRACES_SAMPLER", "parentbased_always_on", "which requests are traced; `parentbased_…` goes by the caller's own trace where there is one", "`always_on`, `always_off`, `traceidratio`, or one of these after `parentbased_`", Restart: Restart.Always),
        new("OTEL_TRACES_SAMPLER_ARG", "", "the share of requests that `traceidratio` keeps; empty: all", "a number from 0 to 1", Restart: Restart.Always),
    ];
}
