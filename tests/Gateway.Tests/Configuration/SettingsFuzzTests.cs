using System.Text;
using CsCheck;
using Gateway.Core.Configuration;
using Xunit;

namespace Gateway.Tests.Configuration;

/// <summary>Whatever is written into the files of settings: they are taken or refused, and nothing is thrown.</summary>
public sealed class SettingsFuzzTests
{
    private static readonly string[] Pieces =
    [
        "API_KEYS=", "A=", "export ", "GATEWAY_PORT=", "sk-abcdefgh", "\"", "'", "\\", "\\777", "\\x", "\\u12", "\\U", "$", "${", "}", "${A}", "${A:-", ":?", "#", " #", "\n", "\r\n", "\r",
        " ", "\t", "=", "{", "[", "]", ",", ":", "é", "\uFEFF", "\0", "\uD83D", "80", "-", "|", ">", "&a", "*a", "!!str", "%", "?", "backends:\n  - ", "name: x", "keys: ", "  ", "models: {", "aliases: {a: b, b: a}",
    ];

    private static readonly Gen<byte[]> Text = Gen.Int[0, Pieces.Length - 1].Select(piece => Pieces[piece]).Array[0, 30].Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces)));

    private static readonly Gen<byte[]> Files = Gen.Frequency((4, Text), (1, Gen.Byte.Array[0, 200]));

    [Fact]
    public void EnvFile_AnyBytes_AreTakenOrRefused() => Files.Sample(
        static bytes =>
        {
            var file = EnvFile.Read(bytes, ".env", new Dictionary<string, string> { ["A"] = "x" });
            _ = SettingsReader.Read(file.Values);
            Assert.All(file.Faults, fault => Assert.StartsWith(".env, line ", fault, StringComparison.Ordinal));
        },
        iter: 5000);

    [Fact]
    public void GatewayFile_AnyBytes_AreTakenOrRefused() => Files.Sample(
        static bytes =>
        {
            var environment = SettingsReader.Read(new Dictionary<string, string>()).Settings!;
            _ = GatewayFile.Read(bytes, "gateway.yaml", new Dictionary<string, string> { ["A"] = "x" }, environment);
        },
        iter: 5000);
}
