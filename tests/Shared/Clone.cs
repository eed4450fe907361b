using Gateway.Generator;

namespace Gateway.Testing;

/// <summary>The clone that the tests were built from.</summary>
internal static class Clone
{
    public static string Root { get; } = RepositoryRoot.Find(AppContext.BaseDirectory) ?? throw new InvalidOperationException("The tests run outside a clone.");

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));
}
