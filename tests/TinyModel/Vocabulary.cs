namespace Gateway.TestModels;

/// <summary>The tokens of the model: control tokens, raw bytes, single characters, and words with all their beginnings.</summary>
internal sealed class Vocabulary
{
    public const string BeginOfText = "<s>";
    public const string Unknown = "<unk>";
    public const string EndOfTurn = "<|im_end|>";
    public const string LineFeed = "<0x0A>";
    public const string Tools = "<tools>";
    public const string ToolCall = "<tool_call>";
    public const string ToolCallEnd = "</tool_call>";
    public const string ToolResponse = "<tool_response>";

    private const char Space = '\u2581';
    private const double NeverBias = -40.0;
    private const double BeginningBias = -9.0;
    private const double WordBias = 0.0;

    private static readonly Dictionary<char, double> PunctuationBias = new()
    {
        ['"'] = 3.2,
        ['.'] = 1.0,
        [','] = 1.0,
        [':'] = -3.0,
        ['{'] = -3.0,
        ['}'] = -3.0,
        [']'] = -3.0,
        [Space] = -10.0,
        ['`'] = -15.0,
    };

    private readonly List<Token> _tokens = [];
    private readonly Dictionary<string, int> _ids = [];

    public Vocabulary(double endBias)
    {
        AddReserved(endBias);
        AddCharacters();
        AddWords();
    }

    public IReadOnlyList<Token> Tokens => _tokens;

    public int this[string piece] => _ids[piece];

    private void AddReserved(double endBias)
    {
        Add(new(Unknown, 0, TokenKind.Unknown, NeverBias));
        Add(new(BeginOfText, 0, TokenKind.Control, NeverBias));
        Add(new("</s>", 0, TokenKind.Control, NeverBias));

        // Raw bytes stay far down, or answers would hold broken UTF-8.
        for (var value = 0; value < 256; value++)
        {
            Add(new($"<0x{value:X2}>", 0, TokenKind.Byte, NeverBias));
        }

        Add(new("<|im_start|>", 0, TokenKind.Control, NeverBias));
        Add(new(EndOfTurn, 0, TokenKind.Control, endBias));
        foreach (var piece in (string[])[ToolCall, ToolCallEnd, Tools, ToolResponse])
        {
            Add(new(piece, 0, TokenKind.UserDefined, NeverBias));
        }
    }

    private void AddCharacters()
    {
        AddNormal(Space.ToString(), -1000, CharacterBias(Space));
        for (var character = '!'; character <= '~'; character++)
        {
            AddNormal(character.ToString(), -1000, CharacterBias(character));
        }
    }

    private static double CharacterBias(char character) =>
        char.IsAsciiDigit(character) ? -5.0
        : char.IsAsciiLetter(character) ? -7.0
        : PunctuationBias.GetValueOrDefault(character, -6.0);

    // The tokenizer only joins neighbours whose join is a piece itself, so each beginning of a word must be one.
    private void AddWords()
    {
        var words = Array.ConvertAll(WordList.All, static word => Space + word);
        var whole = words.ToHashSet();
        foreach (var word in words)
        {
            for (var length = 2; length < word.Length; length++)
            {
                if (!whole.Contains(word[..length]))
                {
                    AddNormal(word[..length], -100 + length, BeginningBias);
                }
            }
        }

        foreach (var word in words)
        {
            AddNormal(word, -100 + word.Length, WordBias);
        }
    }

    private void AddNormal(string piece, float score, double bias)
    {
        if (!_ids.ContainsKey(piece))
        {
            Add(new(piece, score, TokenKind.Normal, bias));
        }
    }

    private void Add(Token token)
    {
        _ids.Add(token.Piece, _tokens.Count);
        _tokens.Add(token);
    }
}
