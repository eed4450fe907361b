using Gateway.Engines;
using Gateway.Engines.Endpoints;

namespace Gateway.Core.Errors;

/// <summary>The member at fault under the name that the caller used: engines name it from where they stand.</summary>
internal static class ErrorParam
{
    /// <summary>Gives the caller's name.</summary>
    /// <param name="errors">The engine's words.</param>
    /// <param name="endpoint">What was asked for; null: it is not known.</param>
    /// <param name="param">The engine's name; null: it names none.</param>
    /// <param name="limit">The caller's name for the limit of the answer's tokens; null: the engine's.</param>
    public static string? Of(ErrorDialect errors, EndpointSpec? endpoint, string? param, string? limit = null)
    {
        if (param is null)
        {
            return null;
        }

        if (errors.PromptParams.Contains(param))
        {
            return Prompt(endpoint);
        }

        var own = errors.ParamRoot is { } root ? Within(root, param) : param;
        foreach (var (id, theirs, name) in errors.Params)
        {
            if (own == theirs && endpoint?.Id == id)
            {
                return name;
            }
        }

        // Engines read the newer name of OpenAI's chat into the older one, and speak of that.
        return own == "max_tokens" && limit is not null ? limit : own;
    }

    /// <summary>The member that holds the prompt.</summary>
    public static string? Prompt(EndpointSpec? endpoint) => endpoint is null ? "messages" : endpoint.Prompt;

    // Steps of the engine's own are left out: names of its types, which no member begins like, and calls of its functions.
    private static string? Within(string root, string param)
    {
        var steps = param.Split('.');
        if (steps[0] != root)
        {
            return param;
        }

        // A number right behind the root is a place in the text of a body that is no JSON.
        var own = steps.Skip(1).Where(step => step.Length > 0 && !char.IsAsciiLetterUpper(step[0]) && !step.Contains('[', StringComparison.Ordinal)).ToArray();
        return own.Length == 0 || char.IsAsciiDigit(own[0][0]) ? null : string.Join('.', own);
    }
}
