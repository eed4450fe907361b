namespace Gateway.Engines;

/// <summary>Ollama's container and options (Dockerfile and envconfig/config.go at fb3076099687, tags from .github/workflows/release.yaml).</summary>
internal static class OllamaDeployment
{
    // The model is fetched once the server answers, and only when it is not there yet. Nothing is expanded by the shell:
    // the name comes from the environment, so that it cannot be read as a command. The server takes the shell's place,
    // because the first process of a container is the one that is told to stop.
    private const string Start =
        "(until ollama ps >/dev/null 2>&1; do sleep 1; done; "
        + "printenv MODEL_NAME | xargs -r ollama show >/dev/null 2>&1 || printenv MODEL_NAME | xargs -r ollama pull) & exec ollama serve";

    public static Deployment Value { get; } = new()
    {
        BaseUrl = "http://ollama:11434/v1",
        LocalBaseUrl = "http://127.0.0.1:11434/v1",
        ModelName = "A model of Ollama's library with its tag; the container downloads it on its first start.",
        ModelExample = "llama3.2:1b",
        Prefix = "OLLAMA_",
        Options =
        [
            new("OLLAMA_KEEP_ALIVE", "OLLAMA_KEEP_ALIVE", "5m", "How long a model stays in memory after its last request, such as 30s, 5m or 24h; -1 keeps it."),
            new("OLLAMA_CONTEXT_LENGTH", "OLLAMA_CONTEXT_LENGTH", null, "Context in tokens; unset: 4096, 32768 or 262144 by the size of the GPU's memory."),
            new("OLLAMA_NUM_PARALLEL", "OLLAMA_NUM_PARALLEL", "1", "Concurrent requests of one model; each needs memory for the context."),
            new("OLLAMA_MAX_LOADED_MODELS", "OLLAMA_MAX_LOADED_MODELS", null, "Models in memory at the same time; unset: as many as fit."),
            new("OLLAMA_MAX_QUEUE", "OLLAMA_MAX_QUEUE", "512", "Requests that may wait; more get 503."),
            new("OLLAMA_LOAD_TIMEOUT", "OLLAMA_LOAD_TIMEOUT", "5m", "How long loading a model may make no progress before it is aborted, such as 5m."),
            new("OLLAMA_FLASH_ATTENTION", "OLLAMA_FLASH_ATTENTION", null, "Flash attention, which saves memory on long contexts; unset: the engine decides.") { Allowed = ["0", "1"] },
            new("OLLAMA_KV_CACHE_TYPE", "OLLAMA_KV_CACHE_TYPE", null, "How the context is kept in memory; the smaller types need flash attention. Unset: f16.") { Allowed = ["f16", "q8_0", "q4_0"] },
        ],
        Container = new EngineContainer
        {
            // The plain tag holds CPU, CUDA and Vulkan; Intel's GPUs are used through Vulkan.
            Images = new Dictionary<Accelerator, string>
            {
                [Accelerator.Nvidia] = "ollama/ollama:0.32.15",
                [Accelerator.Amd] = "ollama/ollama:0.32.15-rocm",
                [Accelerator.Intel] = "ollama/ollama:0.32.15",
                [Accelerator.Cpu] = "ollama/ollama:0.32.15",
            },
            Port = 11434,
            Entrypoint = ["/bin/sh", "-c"],
            Command = [Start],
            Environment = new Dictionary<string, string>
            {
                ["OLLAMA_HOST"] = "0.0.0.0:11434",
                ["MODEL_NAME"] = "${MODEL_NAME}",
                // Nothing leaves this network: neither prompts (model names of its cloud) nor web searches.
                ["OLLAMA_NO_CLOUD"] = "1",
            },
            Volumes = [new("ollama", "/root/.ollama")],
            // The image has no curl; `ollama ps` asks the server for its loaded models and fails when nobody answers.
            HealthCheck = ["ollama", "ps"],
            StartPeriodSeconds = 60,
        },
    };
}
