namespace Gateway.Proxy.Translation;

/// <summary>A tool call of the engine, as far as it is known. Id and name are as they are escaped.</summary>
internal sealed class ResponsesCall(int? index)
{
    public int? Index { get; } = index;

    public byte[] Id { get; private set; } = [];

    public byte[] Name { get; private set; } = [];

    public ResponsesArguments Arguments { get; } = new();

    /// <summary>The item that it is for the client.</summary>
    public ResponsesOutput? Item { get; set; }

    /// <summary>Fills in what was not known yet: later pieces may repeat it, or leave it out.</summary>
    public void Take(in ResponsesCallPiece piece)
    {
        Id = Id.Length == 0 && !piece.Id.IsEmpty ? piece.Id.ToArray() : Id;
        Name = Name.Length == 0 && !piece.Name.IsEmpty ? piece.Name.ToArray() : Name;
        Arguments.Add(piece.Arguments);
    }
}
