namespace Gateway.Engines;

/// <summary>TGI's container and options (Dockerfile, Dockerfile_amd, Dockerfile_intel and launcher/src/main.rs at v3.3.7, tags from its README and docs).</summary>
internal static class TgiDeployment
{
    private static readonly string[] Quantizations =
        ["awq", "compressed-tensors", "eetq", "exl2", "gptq", "marlin", "bitsandbytes", "bitsandbytes-nf4", "bitsandbytes-fp4", "fp8"];

    public static Deployment Value { get; } = new()
    {
        BaseUrl = "http://tgi:8001/v1",
        LocalBaseUrl = "http://127.0.0.1:8080/v1",
        ModelName = "A Hugging Face model, downloaded to data/huggingface/ on the first start.",
        ModelExample = "meta-llama/Llama-3.1-8B-Instruct",
        Prefix = "TGI_",
        Options =
        [
            new("HF_TOKEN", "HF_TOKEN", null, "Hugging Face token, for models with restricted access.") { Secret = true },
            new("TGI_DTYPE", "--dtype", null, "Number format of weights and computation; unset: the engine decides.") { Allowed = ["float16", "bfloat16"] },
            new("TGI_QUANTIZE", "--quantize", null, "Quantization of the weights; unset: that of the model.") { Allowed = Quantizations },
            new("TGI_KV_CACHE_DTYPE", "--kv-cache-dtype", null, "Number format of the cache; unset: that of the model.") { Allowed = ["fp8_e4m3fn", "fp8_e5m2"] },
            new("TGI_MAX_INPUT_TOKENS", "--max-input-tokens", null, "Longest prompt, in tokens; unset: the engine decides by the memory it finds."),
            new("TGI_MAX_TOTAL_TOKENS", "--max-total-tokens", null, "Longest prompt and answer together, in tokens; unset: the engine decides by the memory it finds."),
            new("TGI_MAX_BATCH_PREFILL_TOKENS", "--max-batch-prefill-tokens", null, "Maximum prompt tokens per batch; unset: the engine decides."),
            new("TGI_MAX_CONCURRENT_REQUESTS", "--max-concurrent-requests", "128", "Requests running or waiting; more get 429."),
            new("TGI_MAX_CLIENT_BATCH_SIZE", "--max-client-batch-size", "4", "Maximum prompts in one request to /v1/completions."),
            new("TGI_NUM_SHARD", "--num-shard", null, "GPUs that share the model; unset: all that the container sees."),
            new("TGI_CUDA_MEMORY_FRACTION", "--cuda-memory-fraction", null, "Share of the GPU's memory to use, from 0 to 1; unset: 1."),
            new("TGI_PAYLOAD_LIMIT", "--payload-limit", "67108864", "Largest request body, in bytes; images easily exceed the engine's default of 2000000."),
            new("TGI_DISABLE_GRAMMAR_SUPPORT", "--disable-grammar-support", null, "Switches off JSON schemas and tools.") { Kind = OptionKind.Switch },
        ],
        Container = new EngineContainer
        {
            Images = new Dictionary<Accelerator, string>
            {
                [Accelerator.Nvidia] = "ghcr.io/huggingface/text-generation-inference:3.3.5",
                [Accelerator.Amd] = "ghcr.io/huggingface/text-generation-inference:3.3.5-rocm",
                [Accelerator.Intel] = "ghcr.io/huggingface/text-generation-inference:3.3.5-intel-xpu",
                [Accelerator.Cpu] = "ghcr.io/huggingface/text-generation-inference:3.3.5-intel-cpu",
            },
            Port = 8001,
            // tgi-entrypoint.sh splits arguments at spaces. HOSTNAME would be read as the address, hence the flag.
            Command = ["--model-id", "${MODEL_NAME}", "--hostname", "0.0.0.0", "--port", "8001", "--usage-stats", "off"],
            // HF_HOME is /data in the image, so that the folder is laid out as for the other engines.
            Volumes = [new("huggingface", "/data")],
            // In every image of the three files.
            HealthCheck = ["curl", "-fsS", "http://127.0.0.1:8001/health"],
            SharedMemory = "1g",
        },
    };
}
