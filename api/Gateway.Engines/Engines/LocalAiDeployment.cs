namespace Gateway.Engines;

/// <summary>LocalAI's container and options (core/cli/run.go, Dockerfile and .github/workflows/image.yml at 82c191afadf5).</summary>
internal static class LocalAiDeployment
{
    public static Deployment Value { get; } = new()
    {
        BaseUrl = "http://localai:8001/v1",
        LocalBaseUrl = "http://127.0.0.1:8080/v1",
        ModelName = "A model of LocalAI's gallery, downloaded on the first start with the backend that runs it, or one configured in data/localai/models/.",
        ModelExample = "llama-3.2-1b-instruct:q4_k_m",
        Prefix = "LOCALAI_",
        Options =
        [
            new("LOCALAI_CONTEXT_SIZE", "LOCALAI_CONTEXT_SIZE", null, "Context in tokens of models whose configuration sets none."),
            new("LOCALAI_THREADS", "LOCALAI_THREADS", null, "CPU threads for each model; unset: the engine decides."),
            new("LOCALAI_F16", "LOCALAI_F16", null, "Computes with 16 bits on the GPU.") { Allowed = ["true", "false"] },
            new("LOCALAI_MAX_ACTIVE_BACKENDS", "LOCALAI_MAX_ACTIVE_BACKENDS", null, "Models in memory at the same time; the least recently used one is unloaded. Unset: no limit."),
            new("LOCALAI_MAX_CONCURRENT_BACKEND_REQUESTS", "LOCALAI_MAX_CONCURRENT_BACKEND_REQUESTS", "1024", "Concurrent requests of its backends; more get 503."),
            new("LOCALAI_MODEL_LOAD_FAILURE_COOLDOWN", "LOCALAI_MODEL_LOAD_FAILURE_COOLDOWN", "10s", "How long a model that failed to load is not tried again, such as 10s; it doubles up to 5m."),
            new("LOCALAI_UPLOAD_LIMIT", "LOCALAI_UPLOAD_LIMIT", "64", "Largest request body, in MB; images easily exceed the engine's default of 15."),
            new("LOCALAI_OPEN_RESPONSES_STORE_TTL", "LOCALAI_OPEN_RESPONSES_STORE_TTL", "1h", "How long answers of /v1/responses are stored, such as 1h; 0 stores them indefinitely."),
            new("LOCALAI_REQUIRE_BACKEND_INTEGRITY", "LOCALAI_REQUIRE_BACKEND_INTEGRITY", null, "Refuses backends whose signature or checksum cannot be verified.") { Allowed = ["true", "false"] },
        ],
        Container = new EngineContainer
        {
            Images = new Dictionary<Accelerator, string>
            {
                [Accelerator.Nvidia] = "localai/localai:v4.9.0-gpu-nvidia-cuda-12",
                [Accelerator.Amd] = "localai/localai:v4.9.0-gpu-hipblas",
                [Accelerator.Intel] = "localai/localai:v4.9.0-gpu-intel",
                [Accelerator.Cpu] = "localai/localai:v4.9.0",
            },
            Port = 8001,
            Command = ["${MODEL_NAME}"],
            Environment = new Dictionary<string, string>
            {
                ["LOCALAI_ADDRESS"] = ":8001",
                ["LOCALAI_MODELS_PATH"] = "/models",
                // Only the API is needed: no pages, no tool servers, no agents, no assistant that administers the engine.
                ["LOCALAI_DISABLE_WEBUI"] = "true",
                ["LOCALAI_DISABLE_MCP"] = "true",
                ["LOCALAI_DISABLE_AGENTS"] = "true",
                ["LOCALAI_DISABLE_ASSISTANT"] = "true",
            },
            Volumes =
            [
                new("localai/models", "/models"),
                new("localai/backends", "/backends"),
                new("localai/configuration", "/configuration"),
                new("localai/data", "/data"),
            ],
            HealthCheck = ["curl", "-fsS", "http://127.0.0.1:8001/readyz"],
            // Models are fetched before it listens; the image itself allows an hour.
            StartPeriodSeconds = 3600,
        },
    };
}
