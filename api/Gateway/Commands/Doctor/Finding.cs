namespace Gateway.Commands.Doctor;

/// <summary>How bad a finding is.</summary>
internal enum Severity
{
    Ok,

    /// <summary>It works, but hardly as meant.</summary>
    Warn,

    /// <summary>Requests fail as long as it is so.</summary>
    Fail,
}

/// <summary>What one look has come to.</summary>
/// <param name="Subject">What was looked at, in a word or two.</param>
/// <param name="Text">What was found. A sentence.</param>
/// <param name="Remedy">What to do about it; null where nothing has to be done.</param>
internal sealed record Finding(Severity Severity, string Subject, string Text, string? Remedy = null)
{
    public static Finding Ok(string subject, string text) => new(Severity.Ok, subject, text);

    public static Finding Warn(string subject, string text, string remedy) => new(Severity.Warn, subject, text, remedy);

    public static Finding Fail(string subject, string text, string remedy) => new(Severity.Fail, subject, text, remedy);
}
