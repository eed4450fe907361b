namespace Gateway.Demo;

/// <summary>How the demo behaves.</summary>
public sealed record DemoOptions
{
    /// <summary>Between two words of a stream: long enough to be seen as one, short enough not to be waited for.</summary>
    public TimeSpan WordPause { get; init; } = TimeSpan.FromMilliseconds(10);
}
