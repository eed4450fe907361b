namespace Gateway.TestModels;

/// <summary>
/// Writes a language model of under a megabyte that a real engine loads in milliseconds. It is not trained: it answers
/// with words in random order, ends its answers by itself, follows a grammar, and calls a tool when tools are offered.
/// The same options give the same bytes.
/// </summary>
internal static class TinyModel
{
    public static void Write(string path, TinyModelOptions options)
    {
        var vocabulary = new Vocabulary(options.EndBias);
        using var file = new GgufFile();
        AddArchitecture(file, options, vocabulary.Tokens.Count);
        AddTokenizer(file, vocabulary);
        AddTensors(file, options, vocabulary);
        file.Write(path);
    }

    private static void AddArchitecture(GgufFile file, TinyModelOptions options, int vocabularySize)
    {
        file.Add("general.architecture", "llama");
        file.Add("general.type", "model");
        file.Add("general.name", "tiny-test");
        file.Add("general.file_type", options.HalfPrecision ? 1 : 0);
        file.Add("llama.context_length", (int)options.ContextLength);
        file.Add("llama.embedding_length", ModelShape.Embedding);
        file.Add("llama.block_count", ModelShape.Layers + ModelShape.PaddingLayers(options));
        file.Add("llama.feed_forward_length", ModelShape.FeedForwardWidth(options));
        file.Add("llama.attention.head_count", ModelShape.Heads);
        file.Add("llama.attention.head_count_kv", ModelShape.KeyValueHeads);
        file.Add("llama.attention.layer_norm_rms_epsilon", 1e-5f);
        file.Add("llama.rope.dimension_count", ModelShape.HeadSize);
        file.Add("llama.rope.freq_base", 10000f);
        file.Add("llama.vocab_size", vocabularySize);
    }

    private static void AddTokenizer(GgufFile file, Vocabulary vocabulary)
    {
        file.Add("tokenizer.ggml.model", "llama");
        file.Add("tokenizer.ggml.tokens", vocabulary.Tokens.Select(static token => token.Piece));
        file.Add("tokenizer.ggml.scores", vocabulary.Tokens.Select(static token => token.Score));
        file.Add("tokenizer.ggml.token_type", vocabulary.Tokens.Select(static token => (int)token.Kind));
        file.Add("tokenizer.ggml.bos_token_id", vocabulary[Vocabulary.BeginOfText]);
        file.Add("tokenizer.ggml.eos_token_id", vocabulary[Vocabulary.EndOfTurn]);
        file.Add("tokenizer.ggml.unknown_token_id", vocabulary[Vocabulary.Unknown]);
        file.Add("tokenizer.ggml.add_bos_token", true);
        file.Add("tokenizer.ggml.add_eos_token", false);

        // The server feeds "<|im_start|>assistant\n" to its output grammar token by token; with true, a space appears
        // behind the control token and every request with a grammar fails.
        file.Add("tokenizer.ggml.add_space_prefix", false);
        file.Add("tokenizer.chat_template", ChatTemplate.Text);
    }

    private static void AddTensors(GgufFile file, TinyModelOptions options, Vocabulary vocabulary)
    {
        var random = new RandomWeights(options.Seed);
        var padding = ModelShape.PaddingLayers(options);
        var layers = new LayerTensors(file, ModelShape.FeedForwardWidth(options), options.HalfPrecision);
        int[] tokenShape = [ModelShape.Embedding, vocabulary.Tokens.Count];

        layers.AddMatrix("token_embd", tokenShape, TokenWeights.Embedding(vocabulary, random));
        layers.AddMatrix("output", tokenShape, TokenWeights.Output(vocabulary, random));
        layers.AddNorm("output_norm");
        for (var index = 0; index < ModelShape.Layers; index++)
        {
            var attention = new AttentionWeights(random);
            if (index == 0)
            {
                attention.AddToolsHead();
            }

            layers.Add(index, attention, padding == 0 ? random : null);
        }

        // All-zero layers change nothing but cost time.
        for (var index = ModelShape.Layers; index < ModelShape.Layers + padding; index++)
        {
            layers.Add(index, attention: null, feedForwardRandom: null);
        }
    }
}
