using System.Text.Json;
using System.Text.RegularExpressions;
using Gateway.Core.Configuration;
using Gateway.Generator;

namespace Gateway.EndToEndTests;

/// <summary>
/// The whole log of the whole suite in one file, and in another what must never be in it: every secret and every prompt that
/// was used. <c>scripts/check-test-logs.sh</c> compares them when all tests have run.
/// </summary>
internal static partial class SuiteLog
{
    /// <summary>Anything shorter is found in any log by chance.</summary>
    private const int Shortest = 8;
    private const int ShortestPrompt = 12;

    private static readonly string[] PromptNames = ["content", "prompt", "input", "text", "text_1", "query", "instructions", "suffix"];
    private static readonly Lock Turn = new();
    private static readonly HashSet<string> Noted = new(StringComparer.Ordinal);
    private static readonly StreamWriter Lines = Open("log");
    private static readonly StreamWriter Hidden = Open("hidden");

    public static void Write(string line)
    {
        lock (Turn)
        {
            Lines.WriteLine(line);
        }
    }

    /// <summary>Notes the secrets of a gateway's settings, and of the file that they name.</summary>
    public static void NoteSettings(IReadOnlyDictionary<string, string> variables)
    {
        foreach (var spec in SettingCatalog.All.Where(spec => spec.Secret))
        {
            foreach (var item in variables.GetValueOrDefault(spec.Name, "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                Note(item[(item.IndexOf(spec.Name == "API_KEYS" ? ':' : '=', StringComparison.Ordinal) + 1)..], Shortest);
            }
        }

        if (variables.TryGetValue("GATEWAY_CONFIG", out var file) && File.Exists(file))
        {
            foreach (Match key in FileKey().Matches(File.ReadAllText(file)))
            {
                Note(key.Groups[1].Value, Shortest);
            }
        }
    }

    /// <summary>Notes what somebody asks a model, wherever it stands in the body.</summary>
    public static void NotePrompts(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            var depth = -1;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && depth < 0 && PromptNames.Contains(reader.GetString()))
                {
                    depth = reader.CurrentDepth;
                }
                else if (depth >= 0 && reader.TokenType == JsonTokenType.String)
                {
                    Note(reader.GetString()!, ShortestPrompt);
                }

                var begins = reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.StartArray or JsonTokenType.StartObject;
                depth = !begins && reader.CurrentDepth <= depth ? -1 : depth;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Bad bodies are sent on purpose; what was read of them is noted.
        }
    }

    private static void Note(string text, int shortest)
    {
        foreach (var line in text.Split('\n', '\r'))
        {
            if (line.Trim() is { } part && part.Length >= shortest)
            {
                Write(part);
            }
        }

        static void Write(string part)
        {
            lock (Turn)
            {
                if (Noted.Add(part))
                {
                    Hidden.WriteLine(part);
                }
            }
        }
    }

    // Not by the path of this source: where builds are made reproducible, as on CI, that one names no folder of this machine.
    private static StreamWriter Open(string kind)
    {
        var root = RepositoryRoot.Find(AppContext.BaseDirectory) ?? throw new InvalidOperationException("The tests run outside a clone.");
        var folder = Directory.CreateDirectory(Path.Combine(root, ".cache", "test-logs")).FullName;
        return new StreamWriter(Path.Combine(folder, $"{Environment.ProcessId}.{kind}")) { AutoFlush = true };
    }

    [GeneratedRegex(@"\b(?:api_)?key: *""?([!-~]+?)""?[,}\s]")]
    private static partial Regex FileKey();
}
