namespace Gateway.Engines;

/// <summary>llama-server's container and options (flags from `--help` of build 11669, tags from .github/workflows/docker.yml at 3f545beccee6).</summary>
internal static class LlamaCppDeployment
{
    private static readonly string[] CacheTypes = ["f32", "f16", "bf16", "q8_0", "q4_0", "q4_1", "iq4_nl", "q5_0", "q5_1"];

    public static Deployment Value { get; } = new()
    {
        BaseUrl = "http://llamacpp:8001/v1",
        LocalBaseUrl = "http://127.0.0.1:8080/v1",
        ModelName = "The file name of a GGUF model that you have put into data/models/; it is also the model's name for clients.",
        ModelExample = "model.gguf",
        Prefix = "LLAMACPP_",
        Options =
        [
            new("LLAMACPP_CTX_SIZE", "--ctx-size", null, "Context in tokens, shared among the slots where their number is set; unset: the model's own."),
            new("LLAMACPP_PARALLEL", "--parallel", null, "Slots, that is concurrent requests; unset: 4 that share one context."),
            new("LLAMACPP_GPU_LAYERS", "--n-gpu-layers", null, "Layers kept in the GPU's memory: a number, auto or all; unset: auto."),
            new("LLAMACPP_THREADS", "--threads", null, "CPU threads for generating; unset: the number of cores."),
            new("LLAMACPP_BATCH_SIZE", "--batch-size", null, "Maximum prompt tokens per batch; unset: 2048."),
            new("LLAMACPP_UBATCH_SIZE", "--ubatch-size", null, "Maximum tokens computed in one step, and the longest text that can be embedded; unset: 512."),
            new("LLAMACPP_FLASH_ATTN", "--flash-attn", null, "Flash attention; unset: auto.") { Allowed = ["on", "off", "auto"] },
            new("LLAMACPP_CACHE_TYPE_K", "--cache-type-k", null, "How keys of the context are kept in memory; unset: f16.") { Allowed = CacheTypes },
            new("LLAMACPP_CACHE_TYPE_V", "--cache-type-v", null, "How values of the context are kept in memory; unset: f16.") { Allowed = CacheTypes },
            new("LLAMACPP_N_PREDICT", "--n-predict", null, "Maximum answer tokens if a request sets no limit; unset: until the model stops."),
            new("LLAMACPP_MMPROJ", "--mmproj", null, "Projector for images and sound, as a path in the container such as /models/mmproj.gguf."),
            new("LLAMACPP_EMBEDDINGS", "--embeddings", null, "Serves /v1/embeddings.") { Kind = OptionKind.Switch },
            new("LLAMACPP_POOLING", "--pooling", null, "How token vectors are pooled into an embedding; unset: that of the model.") { Allowed = ["none", "mean", "cls", "last", "rank"] },
            new("LLAMACPP_RERANKING", "--reranking", null, "Serves /v1/rerank.") { Kind = OptionKind.Switch },
        ],
        Container = new EngineContainer
        {
            Images = new Dictionary<Accelerator, string>
            {
                [Accelerator.Nvidia] = "ghcr.io/ggml-org/llama.cpp:server-cuda-b10573",
                [Accelerator.Amd] = "ghcr.io/ggml-org/llama.cpp:server-rocm-b10573",
                [Accelerator.Intel] = "ghcr.io/ggml-org/llama.cpp:server-intel-b10573",
                [Accelerator.Cpu] = "ghcr.io/ggml-org/llama.cpp:server-b10573",
            },
            Port = 8001,
            // The port must be given, because the default is about to change (PR 26508). Nothing is fetched from outside.
            Command = ["--host", "0.0.0.0", "--port", "8001", "--model", "/models/${MODEL_NAME}", "--alias", "${MODEL_NAME}", "--metrics", "--no-ui", "--offline"],
            Volumes = [new("models", "/models", ReadOnly: true)],
            // The image's own check is fixed to another port.
            HealthCheck = ["curl", "-fsS", "http://127.0.0.1:8001/health"],
            // Measured: nothing needs to be writable. The user stays the image's, because GPU device files belong to groups of the host.
            ReadOnlyRoot = true,
        },
    };
}
