using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Configuration;

namespace Gateway.Management.Lifecycle;

/// <summary>
/// Encrypts the secrets of the journal's records, so that none stands there in clear. The key is a file beside them: it protects against
/// what reads or copies single records, not against what may read the whole folder.
/// </summary>
internal sealed class SecretSeal
{
    private const string Mark = "sealed:";
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;

    private readonly byte[] _key;

    /// <param name="file">Where the key is; it is made where it is missing.</param>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
    public SecretSeal(string file)
    {
        if (File.Exists(file) && File.ReadAllBytes(file) is { Length: KeyBytes } known)
        {
            _key = known;
            return;
        }

        _key = RandomNumberGenerator.GetBytes(KeyBytes);
        AtomicFile.Write(file, _key);
    }

    public static bool IsSealed(string text) => text.StartsWith(Mark, StringComparison.Ordinal);

    public string Close(string secret)
    {
        var plain = Encoding.UTF8.GetBytes(secret);
        var all = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(all.AsSpan(0, NonceBytes));
        using var cipher = new AesGcm(_key, TagBytes);
        cipher.Encrypt(all.AsSpan(0, NonceBytes), plain, all.AsSpan(NonceBytes + TagBytes), all.AsSpan(NonceBytes, TagBytes));
        return Mark + Convert.ToBase64String(all);
    }

    /// <returns>Null where it was closed with another key.</returns>
    public string? Open(string text)
    {
        var all = new byte[text.Length];
        if (!Convert.TryFromBase64String(text[Mark.Length..], all, out var length) || length < NonceBytes + TagBytes)
        {
            return null;
        }

        var plain = new byte[length - NonceBytes - TagBytes];
        try
        {
            using var cipher = new AesGcm(_key, TagBytes);
            cipher.Decrypt(all.AsSpan(0, NonceBytes), all.AsSpan(NonceBytes + TagBytes, plain.Length), all.AsSpan(NonceBytes, TagBytes), plain);
            return Encoding.UTF8.GetString(plain);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
