namespace Gateway.Engines.Endpoints;

/// <summary>Where a request carries the name of the model.</summary>
public enum ModelLocation
{
    /// <summary>The request names no model: the default backend that serves the endpoint takes it.</summary>
    None,

    /// <summary>The top-level member <c>model</c> of a JSON object.</summary>
    Json,

    /// <summary>The part <c>model</c> of a multipart form.</summary>
    Form,

    /// <summary>The query parameter <c>model</c>.</summary>
    Query,
}

/// <summary>How a streamed answer of an endpoint is laid out, and so how its end is told from a cut.</summary>
public enum StreamShape
{
    /// <summary>The endpoint does not stream, or streams bytes that say nothing of their end (audio).</summary>
    None,

    /// <summary>Chunks with <c>choices[]</c>; complete when every choice has had its <c>finish_reason</c>.</summary>
    Choices,

    /// <summary>Named events of the Responses API; complete with <c>response.completed</c>, <c>.incomplete</c> or <c>.failed</c>.</summary>
    Responses,

    /// <summary>Named events of the Messages API; complete with <c>message_stop</c>.</summary>
    Messages,

    /// <summary>Typed events whose last type ends in <c>.done</c> or <c>.completed</c> (transcripts, speech, images).</summary>
    TypedEvents,
}

/// <summary>One public route: what is matched, how it is read, and one line for the documentation.</summary>
public sealed record EndpointSpec
{
    public required EndpointId Id { get; init; }

    /// <summary>Accepted methods, upper case; anything else is answered 405 with <c>Allow</c>.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>
    /// Route pattern. <c>{id}</c> stands for one segment, <c>{**rest}</c> for zero or more; only letters, digits and
    /// <c>. _ : -</c> are taken in either, except by <see cref="EndpointId.ModelRetrieve"/>, which takes slashes too.
    /// </summary>
    public required string Route { get; init; }

    public ModelLocation Model { get; init; } = ModelLocation.None;

    public StreamShape Stream { get; init; } = StreamShape.None;

    /// <summary>The member that holds what the model reads, named as the one at fault when it is too long; null: there is no such member.</summary>
    public string? Prompt { get; init; }

    /// <summary>The endpoint that serves it by translation where an engine lacks it; null: there is none.</summary>
    public EndpointId? Over { get; init; }

    /// <summary>Answered by the gateway itself from what it knows of its engines; never forwarded.</summary>
    public bool AnsweredHere { get; init; }

    /// <summary>Errors take the Messages API's envelope instead of OpenAI's.</summary>
    public bool AnthropicErrors { get; init; }

    /// <summary>A group of account-object routes that only a whole OpenAI-compatible service keeps.</summary>
    public bool Family { get; init; }

    /// <summary>The answer is sound or a picture; it is judged as JSON only where it says that it is, and looks so.</summary>
    public bool Binary { get; init; }

    /// <summary>What a GET of a path that ends in <c>/content</c> gives is what somebody stored, and passes whatever it is.</summary>
    public bool HasContent { get; init; }

    /// <summary>Objects that one caller makes and another could read: they are kept for one key, or for those that share them.</summary>
    public bool StoredObjects { get; init; }

    /// <summary>A form sent to it is the content of a file.</summary>
    public bool KeepsFiles { get; init; }

    /// <summary>What it does is written in a stored file, which the gateway does not see.</summary>
    public bool WorksOnFiles { get; init; }

    /// <summary>The connection is upgraded to a WebSocket.</summary>
    public bool WebSocket { get; init; }

    /// <summary>One line for the documentation.</summary>
    public required string Summary { get; init; }

    /// <summary>The method is one of <see cref="Methods"/>, which are told apart by case (RFC 9110, 9.1).</summary>
    public bool Takes(string method)
    {
        // Asked for every request: enumerating a list by its interface would make an object.
        for (var i = 0; i < Methods.Count; i++)
        {
            if (Methods[i] == method)
            {
                return true;
            }
        }

        return false;
    }
}
