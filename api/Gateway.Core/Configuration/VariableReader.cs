using System.Globalization;

namespace Gateway.Core.Configuration;

/// <summary>Reads single variables by the table of settings, and keeps one message for each that is wrong.</summary>
internal sealed class VariableReader(IReadOnlyDictionary<string, string> variables)
{
    private readonly List<string> _faults = [];

    public IReadOnlyDictionary<string, string> All => variables;

    public IReadOnlyList<string> Faults => _faults;

    public void Fault(string message) => _faults.Add(message);

    /// <summary>A fault of this variable is noted already.</summary>
    public bool IsFaulty(string name) => _faults.Any(fault => fault.StartsWith(name + "=", StringComparison.Ordinal));

    /// <summary>The value as it is set; empty when it is not.</summary>
    public string Get(string name) => variables.TryGetValue(name, out var value) ? value.Trim() : "";

    private static SettingSpec Spec(string name) => SettingCatalog.All.First(spec => spec.Name == name);

    private string OrDefault(string name) => Get(name) is { Length: > 0 } value ? value : Spec(name).Default;

    public string[] Items(string name) => OrDefault(name).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public void Fault(string name, string value, string place = "", string reason = "")
    {
        var spec = Spec(name);
        var shown = spec.Secret ? "***" : SettingParsers.WithoutSecrets(value);
        _faults.Add($"{name}={shown}{place} is not allowed; allowed: {spec.Allowed}.{reason}");
    }

    public T Required<T>(string name, Func<string, T?> parse)
        where T : class => Optional(name, parse)!;

    public T? Optional<T>(string name, Func<string, T?> parse)
        where T : class
    {
        var value = OrDefault(name);
        if (value.Length == 0)
        {
            return null;
        }

        var parsed = parse(value);
        if (parsed is null)
        {
            Fault(name, value);
        }

        return parsed;
    }

    public List<T> List<T>(string name, Func<string, T?> parse)
        where T : class
    {
        var list = new List<T>();
        foreach (var item in Items(name))
        {
            if (parse(item) is { } parsed)
            {
                list.Add(parsed);
            }
            else
            {
                Fault(name, item);
            }
        }

        return list;
    }

    public string Choice(string name, IReadOnlyList<string> allowed)
    {
        var value = OrDefault(name);
        var choice = value.ToLowerInvariant();
        if (!allowed.Contains(choice))
        {
            _faults.Add($"{name}={value} is not allowed; allowed: {string.Join(", ", allowed)}.");
        }

        return choice;
    }

    public int? Whole(string name, int least, int most)
    {
        var value = OrDefault(name);
        if (value.Length == 0)
        {
            return null;
        }

        if (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Fault(name, value);
        return least;
    }

    public TimeSpan Duration(string name, bool zero = false, double least = double.Epsilon)
    {
        var value = OrDefault(name);
        if (double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && (seconds >= least || (zero && seconds == 0)) && seconds <= 86_400)
        {
            // Rounded first: a deadline of nothing is no deadline.
            var duration = TimeSpan.FromSeconds(seconds);
            if (zero || duration > TimeSpan.Zero)
            {
                return duration;
            }
        }

        Fault(name, value);
        return TimeSpan.Zero;
    }
}
