namespace Gateway.Engines;

/// <summary>vLLM's container and options (docker/Dockerfile, entrypoints/openai/cli_args.py and engine/arg_utils.py at 017e9f4448b7).</summary>
internal static class VllmDeployment
{
    private static readonly string[] Types = ["auto", "half", "float16", "bfloat16", "float", "float32"];

    public static Deployment Value { get; } = new()
    {
        BaseUrl = "http://vllm:8001/v1",
        LocalBaseUrl = "http://127.0.0.1:8000/v1",
        ModelName = "A Hugging Face model, downloaded to data/huggingface/ on the first start.",
        ModelExample = "Qwen/Qwen3-8B",
        Prefix = "VLLM_",
        Options =
        [
            new("HF_TOKEN", "HF_TOKEN", null, "Hugging Face token, for models with restricted access.") { Secret = true },
            new("VLLM_DTYPE", "--dtype", "half", "Number format of weights and computation; half runs on every GPU, auto follows the model.") { Allowed = Types },
            new("VLLM_MAX_MODEL_LEN", "--max-model-len", null, "Longest prompt and answer together, in tokens; unset: the model's own, which may not fit the GPU."),
            new("VLLM_GPU_MEMORY_UTILIZATION", "--gpu-memory-utilization", null, "Share of the GPU's memory to use, from 0 to 1; unset: 0.92 (0.9 until April 2026)."),
            new("VLLM_TENSOR_PARALLEL_SIZE", "--tensor-parallel-size", null, "GPUs that share the model; unset: 1."),
            new("VLLM_MAX_NUM_SEQS", "--max-num-seqs", null, "Concurrent requests; unset: the engine decides."),
            new("VLLM_QUANTIZATION", "--quantization", null, "Quantization of the weights, such as awq or fp8; unset: that of the model."),
            new("VLLM_KV_CACHE_DTYPE", "--kv-cache-dtype", null, "Number format of the cache, such as fp8; unset: that of the model."),
            new("VLLM_ENABLE_AUTO_TOOL_CHOICE", "--enable-auto-tool-choice", null, "Allows automatic tool calls; VLLM_TOOL_CALL_PARSER must be set too.") { Kind = OptionKind.Switch },
            new("VLLM_TOOL_CALL_PARSER", "--tool-call-parser", null, "How this model writes tool calls, such as hermes or llama3_json."),
            new("VLLM_REASONING_PARSER", "--reasoning-parser", null, "How this model writes its reasoning, such as qwen3 or deepseek_r1; unset: it stays in the text."),
            new("VLLM_RUNNER", "--runner", null, "What the model is run for; pooling serves embeddings, reranking and scores. Unset: auto.") { Allowed = ["auto", "generate", "pooling"] },
            new("VLLM_CONVERT", "--convert", null, "Makes a chat model an embedding model (embed) or a classifier (classify), together with VLLM_RUNNER=pooling."),
            new("VLLM_MAX_LOGPROBS", "--max-logprobs", null, "Maximum log probabilities per token in a request; unset: 20."),
            new("VLLM_ENABLE_RESPONSES_API_STORE", "VLLM_ENABLE_RESPONSES_API_STORE", null, "1 stores the answers of /v1/responses in memory that is freed only by a restart.") { Allowed = ["0", "1"] },
        ],
        Container = new EngineContainer
        {
            // Tags as third parties took them up (coreweave/ml-containers#218, aws/deep-learning-containers#6667); no registry was asked.
            Images = new Dictionary<Accelerator, string>
            {
                [Accelerator.Nvidia] = "vllm/vllm-openai:v0.28.0",
                [Accelerator.Amd] = "vllm/vllm-openai-rocm:v0.28.0",
                [Accelerator.Intel] = "vllm/vllm-openai-xpu:v0.28.0",
                [Accelerator.Cpu] = "vllm/vllm-openai-cpu:v0.28.0",
            },
            Port = 8001,
            // The entry point is `vllm serve` since #25967, and a module before; both take the model so. No service may hand in a
            // VLLM_PORT: it is the base of the engine's inner ports and must be a number.
            Command =
            [
                "--model", "${MODEL_NAME}", "--host", "0.0.0.0", "--port", "8001",
                "--enable-prompt-tokens-details", "--disable-access-log-for-endpoints", "/health,/metrics",
            ],
            Environment = new Dictionary<string, string> { ["VLLM_NO_USAGE_STATS"] = "1" },
            // The second holds compiled kernels, so that the next start is quicker.
            Volumes = [new("huggingface", "/root/.cache/huggingface"), new("vllm", "/root/.cache/vllm")],
            HealthCheck = ["python3", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8001/health', timeout=5)"],
            // For models spread over several GPUs.
            SharedMemory = "10g",
        },
    };
}
