using System.Globalization;
using System.Security.Cryptography;

namespace Gateway.TestModels;

/// <summary>The command: writes the model to the file named and prints its size and SHA-256.</summary>
internal static class CommandLine
{
    private const string Usage = "usage: TinyModel <file> [--end-bias <logit>] [--seed <n>] [--ctx <tokens>] [--f16] [--zero-pad-mib <n>]";

    // The hash of a padded file says little and would read gigabytes of zeros.
    private const long LargestHashed = 64 << 20;

    public static int Main(string[] args)
    {
        if (args.Length == 0 || args[0].StartsWith('-') || !TryParse(args.AsSpan(1), out var options))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }

        TinyModel.Write(args[0], options);
        using var file = File.OpenRead(args[0]);
        var hash = file.Length > LargestHashed ? "-" : Convert.ToHexStringLower(SHA256.HashData(file));
        Console.WriteLine($"{args[0]}: {file.Length} bytes, sha256 {hash}");
        return 0;
    }

    private static bool TryParse(ReadOnlySpan<string> args, out TinyModelOptions options)
    {
        options = new TinyModelOptions();
        while (!args.IsEmpty)
        {
            var value = args.Length > 1 ? args[1] : "";
            var next = args[0] switch
            {
                "--f16" => options with { HalfPrecision = true },
                "--end-bias" when Parse<double>(value) is { } logit => options with { EndBias = logit },
                "--seed" when Parse<uint>(value) is { } seed => options with { Seed = seed },
                "--ctx" when Parse<uint>(value) is { } tokens => options with { ContextLength = tokens },
                "--zero-pad-mib" when Parse<ushort>(value) is { } size => options with { ZeroPadMebibytes = size },
                _ => null,
            };
            if (next is null)
            {
                return false;
            }

            options = next;
            args = args[(args[0] == "--f16" ? 1 : 2)..];
        }

        return true;
    }

    private static T? Parse<T>(string value)
        where T : struct, IParsable<T> =>
        T.TryParse(value, CultureInfo.InvariantCulture, out var parsed) ? parsed : null;
}
