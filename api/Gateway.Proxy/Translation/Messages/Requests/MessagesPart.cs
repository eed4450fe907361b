namespace Gateway.Proxy.Translation;

/// <summary>What a part of a user's turn is made of.</summary>
internal enum MessagesPartKind
{
    /// <summary>A text.</summary>
    Text,

    /// <summary>A document's title, its context and its text.</summary>
    Document,

    /// <summary>An image under an address.</summary>
    ImageUrl,

    /// <summary>The media type of an image, and its bytes.</summary>
    ImageData,

    /// <summary>The title of a file, its media type and its bytes.</summary>
    File,

    /// <summary>The id of the tool call that the next image is from.</summary>
    ResultLabel,
}

/// <summary>A part of a user's turn: where its texts lie in the body, each without quotes.</summary>
internal readonly record struct MessagesPart(MessagesPartKind Kind, Range First, Range Second = default, Range Third = default);
