namespace Gateway.TestModels;

/// <summary>What a token is to the tokenizer; the numbers are those of the file format.</summary>
internal enum TokenKind
{
    Normal = 1,
    Unknown = 2,
    Control = 3,
    UserDefined = 4,
    Byte = 6,
}
