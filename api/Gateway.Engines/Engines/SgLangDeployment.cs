namespace Gateway.Engines;

/// <summary>SGLang's container and options (docker/Dockerfile, docker/compose.yaml and server_args.py at v0.5.18).</summary>
internal static class SgLangDeployment
{
    private static readonly string[] Types = ["auto", "half", "float16", "bfloat16", "float", "float32"];

    public static Deployment Value { get; } = new()
    {
        BaseUrl = "http://sglang:8001/v1",
        LocalBaseUrl = "http://127.0.0.1:30000/v1",
        ModelName = "A Hugging Face model, downloaded to data/huggingface/ on the first start.",
        ModelExample = "Qwen/Qwen3-8B",
        Prefix = "SGLANG_",
        Options =
        [
            new("HF_TOKEN", "HF_TOKEN", null, "Hugging Face token, for models with restricted access.") { Secret = true },
            new("SGLANG_DTYPE", "--dtype", null, "Number format of weights and computation; unset: auto, as the model says.") { Allowed = Types },
            new("SGLANG_CONTEXT_LENGTH", "--context-length", null, "Longest prompt and answer together, in tokens; unset: the model's own."),
            new("SGLANG_MEM_FRACTION_STATIC", "--mem-fraction-static", null, "Share of the GPU's memory for weights and cache, from 0 to 1; unset: the engine decides."),
            new("SGLANG_TP_SIZE", "--tp-size", null, "GPUs that share the model; unset: 1."),
            new("SGLANG_DP_SIZE", "--dp-size", null, "Copies of the model, each on separate GPUs; unset: 1."),
            new("SGLANG_MAX_RUNNING_REQUESTS", "--max-running-requests", null, "Concurrent requests; unset: the engine decides."),
            new("SGLANG_MAX_QUEUED_REQUESTS", "--max-queued-requests", null, "Requests that may wait; more get 503. Unset: no limit."),
            new("SGLANG_QUANTIZATION", "--quantization", null, "Quantization of the weights, such as awq or fp8; unset: that of the model."),
            new("SGLANG_KV_CACHE_DTYPE", "--kv-cache-dtype", null, "Number format of the cache, such as fp8_e5m2; unset: that of the model."),
            new("SGLANG_TOOL_CALL_PARSER", "--tool-call-parser", null, "How this model writes tool calls, such as qwen25 or llama3; unset: they stay in the text."),
            new("SGLANG_REASONING_PARSER", "--reasoning-parser", null, "How this model writes its reasoning, such as qwen3 or deepseek-r1; unset: it stays in the text."),
            new("SGLANG_IS_EMBEDDING", "--is-embedding", null, "Serves /v1/embeddings with a model that is not known as an embedding model.") { Kind = OptionKind.Switch },
            new("SGLANG_SAMPLING_DEFAULTS", "--sampling-defaults", null, "Source of temperature and similar defaults when a request does not set them; unset: model.") { Allowed = ["model", "openai"] },
        ],
        Container = new EngineContainer
        {
            // The tag of the release that was read; no registry was asked. CUDA 13; with -cu129 behind it, CUDA 12.
            Images = new Dictionary<Accelerator, string> { [Accelerator.Nvidia] = "lmsysorg/sglang:v0.5.18" },
            Port = 8001,
            // The image has none of its own, only a shell.
            Entrypoint = ["python3", "-m", "sglang.launch_server"],
            // It listens on loopback unless told otherwise.
            Command = ["--model-path", "${MODEL_NAME}", "--host", "0.0.0.0", "--port", "8001", "--enable-metrics", "--enable-cache-report"],
            // Without it every health check generates a token.
            Environment = new Dictionary<string, string> { ["SGLANG_ENABLE_HEALTH_ENDPOINT_GENERATION"] = "false" },
            Volumes = [new("huggingface", "/root/.cache/huggingface"), new("sglang", "/root/.cache/sglang")],
            HealthCheck = ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8001/health', timeout=5)"],
            SharedMemory = "32g",
        },
    };
}
