namespace Gateway.Core.Configuration;

/// <summary>What a <c>.env</c> sets, as it is written.</summary>
/// <param name="Values">The variables; of two lines with one name the later counts.</param>
/// <param name="Faults">Why it cannot be taken, one message a line. Only a setting of the gateway's own can be at fault, or a line that is none.</param>
/// <param name="Warnings">What is taken, but perhaps not as meant.</param>
public sealed record EnvFile(IReadOnlyDictionary<string, string> Values, IReadOnlyList<string> Faults, IReadOnlyList<string> Warnings)
{
    private const int MaxBytes = YamlTree.MaxBytes;

    /// <summary>Reads a file.</summary>
    /// <param name="path">Where it is; a file that is not there sets nothing.</param>
    /// <param name="process">The variables of the process: references go to them first.</param>
    public static EnvFile Load(string path, IReadOnlyDictionary<string, string> process)
    {
        if (!File.Exists(path) && !Directory.Exists(path))
        {
            return new EnvFile(new Dictionary<string, string>(), [], []);
        }

        var (bytes, reason) = SettingsFile.Read(path);
        return bytes is null
            ? new EnvFile(new Dictionary<string, string>(), [$"{path} cannot be read: {reason}"], [])
            : Read(bytes, path, process);
    }

    /// <summary>Reads the contents of a file. Never throws.</summary>
    public static EnvFile Read(ReadOnlySpan<byte> bytes, string path, IReadOnlyDictionary<string, string> process)
    {
        if (bytes.Length > MaxBytes)
        {
            return new EnvFile(new Dictionary<string, string>(), [FormattableString.Invariant($"{path} is over {MaxBytes / 1024} KiB, the limit for settings.")], []);
        }

        var reading = new Reading(path, process);
        var (statements, strange) = EnvLines.Read(bytes);
        foreach (var line in strange)
        {
            // Its text may be a part of a key.
            reading.Fault(line, "it is not NAME=value.");
        }

        foreach (var statement in statements)
        {
            reading.Take(statement);
        }

        return new EnvFile(reading.Values, reading.Faults, reading.Warnings);
    }

    private sealed class Reading(string path, IReadOnlyDictionary<string, string> process)
    {
        private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);

        public Dictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

        public List<string> Faults { get; } = [];

        public List<string> Warnings { get; } = [];

        public void Fault(int line, string what) => Faults.Add(At(line, what));

        public void Take(EnvStatement statement)
        {
            var setting = SettingCatalog.Has(statement.Name);
            if (Trouble(statement, setting) is { } trouble)
            {
                (setting ? Faults : Warnings).Add(At(statement.Line, trouble));
                if (!setting && statement.Raw.Contains('\0', StringComparison.Ordinal))
                {
                    return;
                }
            }

            var references = new EnvReferences(name => process.TryGetValue(name, out var outer) ? outer : Values.GetValueOrDefault(name), Values.ContainsKey);
            var value = references.Expand(statement.Raw, statement.Quote);
            foreach (var name in references.Missing.Distinct())
            {
                // Its value would be another than the one that is meant, and a shorter key is still a key.
                (setting ? Faults : Warnings).Add(At(statement.Line, $"{statement.Name} refers to ${{{name}}}, and {name} is not set. Set it, write ${{{name}:-}} if it may be missing, or put the value in single quotes if it is not a reference."));
            }

            if (setting && references.Bare)
            {
                Warnings.Add(At(statement.Line, $"a $ in {statement.Name} is literal here, but docker compose would read a variable. Use single quotes, which mean the same to both."));
            }

            if (setting && _lines.TryGetValue(statement.Name, out var before) && Values[statement.Name] != value)
            {
                Warnings.Add(At(statement.Line, FormattableString.Invariant($"{statement.Name} is set in line {before} already; the later line counts.")));
            }

            Values[statement.Name] = value;
            _lines[statement.Name] = statement.Line;
        }

        // Never with the value, which may be a key.
        private static string? Trouble(EnvStatement statement, bool setting)
        {
            if (statement.Raw.Contains('\uFFFD', StringComparison.Ordinal))
            {
                return $"{statement.Name} is not text in UTF-8. Save the file as UTF-8.";
            }

            if (statement.Raw.Contains('\0', StringComparison.Ordinal))
            {
                return $"{statement.Name} contains a NUL character, which a variable cannot have.";
            }

            if (setting && statement.LoneQuote)
            {
                return $"the quote with which {statement.Name} begins is not closed, or text follows the closing quote. Put the whole value in single quotes, or in double quotes.";
            }

            var inside = statement.Through > statement.Line ? statement.Raw.Split('\n').Skip(1).Select(EnvLines.NameOn).FirstOrDefault(name => name is not null && SettingCatalog.Has(name)) : null;
            return inside is null ? null : FormattableString.Invariant($"the quotes with which {statement.Name} begins end in line {statement.Through}, with {inside} in between. Close them.");
        }

        private string At(int line, string what) => FormattableString.Invariant($"{path}, line {line}: {what}");
    }
}
