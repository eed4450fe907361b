namespace Gateway.Configuration;

/// <summary>One setting of the gateway: a row of the documentation's table, and the allow-list of variable names.</summary>
/// <param name="Name">Environment variable.</param>
/// <param name="Default">What is used when it is not set; empty: nothing.</param>
/// <param name="Meaning">What it does, with its unit.</param>
/// <param name="Allowed">What values it takes, as the error message says it.</param>
/// <param name="Secret">Its value is never shown.</param>
internal sealed record SettingSpec(string Name, string Default, string Meaning, string Allowed, bool Secret = false);
