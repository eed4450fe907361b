using System.Text;
using System.Text.Json;
using Gateway.Core.Errors;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Requests.Agents;

namespace Gateway.Proxy.Requests;

/// <summary>Edits a JSON body as the profile and the route require; a body that needs no edit passes byte for byte.</summary>
public sealed class BodyEditor
{
    /// <summary>Members that SDKs with a setting for each call leave in the body.</summary>
    /// <remarks>The caller's keys for other services, and where these are.</remarks>
    private static readonly string[] Credentials =
    [
        "api_key", "apikey", "api-key", "x-api-key", "openai_api_key", "anthropic_api_key", "authorization", "auth_token", "access_token", "bearer_token", "api_token", "client_secret",
        "extra_headers", "default_headers", "api_base", "base_url",
    ];

    private readonly bool _withoutServerTools;
    private readonly SystemFirst? _systemFirst;
    private readonly RequestDialect _dialect;
    private readonly byte[][] _stripped;
    private readonly byte[][] _strippedPrefixes;
    private readonly (byte[] Outer, byte[] Inner)[] _strippedInside;
    private readonly (byte[] Name, FieldFix Fix)[] _fixes;

    /// <param name="dialect">What the engine needs.</param>
    /// <param name="withoutServerTools">Tools that the engine would run itself are left out.</param>
    /// <param name="joinsSystem">System messages are joined into one at the front where the engine needs that.</param>
    public BodyEditor(RequestDialect dialect, bool withoutServerTools = false, bool joinsSystem = true)
    {
        _dialect = dialect;
        _withoutServerTools = withoutServerTools;
        _systemFirst = joinsSystem ? dialect.SystemFirst : null;
        var plain = dialect.StripFields.Where(name => !name.Contains('.', StringComparison.Ordinal)).ToArray();
        _stripped = [.. plain.Where(name => !name.EndsWith('*')).Concat(Credentials).Select(Encoding.UTF8.GetBytes)];
        _strippedPrefixes = [.. plain.Where(name => name.EndsWith('*')).Select(name => Encoding.UTF8.GetBytes(name[..^1]))];
        _strippedInside = [.. dialect.StripFields.Where(name => name.Contains('.', StringComparison.Ordinal)).Select(name => name.Split('.', 2)).Select(parts => (Encoding.UTF8.GetBytes(parts[0]), Encoding.UTF8.GetBytes(parts[1])))];
        _fixes = [.. dialect.Fixes.Select(fix => (Encoding.UTF8.GetBytes(fix.Field), fix))];
    }

    /// <summary>Collects the changes.</summary>
    /// <param name="members">The body.</param>
    /// <param name="endpoint">Where it goes.</param>
    /// <param name="sendModel">The model's new name, or null.</param>
    public EditedBody Edit(JsonMembers members, EndpointSpec endpoint, string? sendModel)
    {
        var edit = new JsonEdit(members);
        List<string>? removed = null;
        var refused = _withoutServerTools ? ServerToolFilter.Apply(members, edit, ref removed) : null;
        Strip(members, edit, ref removed);
        Adapt(members, edit, endpoint.Id, ref removed);
        Copy(edit, endpoint.Id);
        Fix(members, edit, endpoint.Id);
        if (sendModel is not null)
        {
            edit.Set("model"u8, Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(sendModel)}\""));
        }

        return new EditedBody(edit, removed, refused);
    }

    /// <summary>A form without the parts that have no business at the engine.</summary>
    /// <param name="contentType">The request's content type, with its boundary.</param>
    /// <param name="form">The form; one that can be read in one way only.</param>
    /// <returns>Where these parts lie, and their names.</returns>
    public (List<Range> Parts, List<string>? Removed) Edit(string? contentType, ReadOnlySpan<byte> form)
    {
        var parts = new List<Range>();
        List<string>? removed = null;
        foreach (var part in FormPeek.Parts(contentType, form))
        {
            // PHP's way to write members of a member.
            var open = part.Name.IndexOf('[', StringComparison.Ordinal);
            var name = Encoding.UTF8.GetBytes(open > 0 ? part.Name[..open] : part.Name);
            if (IsStripped(name))
            {
                parts.Add(part.Whole);
                (removed ??= []).Add(Shown(name));
            }
        }

        return (parts, removed);
    }

    // What coding agents send for one service, and any other engine stumbles over.
    private void Adapt(JsonMembers members, JsonEdit edit, EndpointId endpoint, ref List<string>? removed)
    {
        BillingLine.Remove(members, edit, endpoint);
        if (!_dialect.SearchesTools)
        {
            DeferredTools.Remove(edit, endpoint, ref removed);
        }

        if (_dialect.ThinkingByTemplate is not null)
        {
            TemplateThinking.Apply(edit, endpoint);
        }

        if (_systemFirst is { } rule)
        {
            SystemTexts.Join(rule, members, edit, endpoint);
        }
    }

    private void Strip(JsonMembers members, JsonEdit edit, ref List<string>? removed)
    {
        for (var i = 0; i < members.All.Count; i++)
        {
            if (IsStripped(members.All[i].Name.Span))
            {
                edit.Drop(i);
                (removed ??= []).Add(Shown(members.All[i].Name.Span));
                continue;
            }

            foreach (var (outer, inner) in _strippedInside)
            {
                if (members.All[i].IsLike(outer) && StripInside(edit, i, inner))
                {
                    (removed ??= []).Add($"{Encoding.UTF8.GetString(outer)}.{Encoding.UTF8.GetString(inner)}");
                }
            }
        }
    }

    private bool IsStripped(ReadOnlySpan<byte> name)
    {
        foreach (var stripped in _stripped)
        {
            if (FoldedName.Equal(name, stripped))
            {
                return true;
            }
        }

        foreach (var prefix in _strippedPrefixes)
        {
            if (FoldedName.StartsWith(name, prefix))
            {
                return true;
            }
        }

        return false;
    }

    // It goes into a header, and behind a prefix it is the caller's own.
    private static string Shown(ReadOnlySpan<byte> name) =>
        new([.. Encoding.UTF8.GetString(name[..Math.Min(name.Length, 64)]).ToLowerInvariant().Where(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-')]);

    private static bool StripInside(JsonEdit edit, int index, byte[] name)
    {
        if (edit.Current(index) is not { } value || !JsonMembers.TryParse(value, out var inner, out _))
        {
            return false;
        }

        var innerEdit = new JsonEdit(inner);
        for (var i = 0; i < inner.All.Count; i++)
        {
            if (inner.All[i].IsLike(name))
            {
                innerEdit.Drop(i);
            }
        }

        if (innerEdit.IsEmpty)
        {
            return false;
        }

        edit.Replace(index, innerEdit.ToArray(value.Length));
        return true;
    }

    private void Copy(JsonEdit edit, EndpointId endpoint)
    {
        foreach (var copy in _dialect.Copies)
        {
            if (!copy.Endpoints.Contains(endpoint) || edit.Current(Encoding.UTF8.GetBytes(copy.From)) is not { } value || value.Span.SequenceEqual("null"u8))
            {
                continue;
            }

            var to = Encoding.UTF8.GetBytes(copy.To);
            if (edit.Current(to) is not { } present || present.Span.SequenceEqual("null"u8))
            {
                edit.Set(to, value.ToArray());
            }

            if (!copy.KeepFrom)
            {
                edit.Drop(Encoding.UTF8.GetBytes(copy.From));
            }
        }
    }

    private void Fix(JsonMembers members, JsonEdit edit, EndpointId endpoint)
    {
        foreach (var (name, fix) in _fixes)
        {
            if (fix.Endpoints is { } only && !only.Contains(endpoint))
            {
                continue;
            }

            // Each of several: which one the engine reads is its own choice.
            for (var i = 0; i < members.All.Count; i++)
            {
                if (members.All[i].IsLike(name) && edit.Current(i) is { } value)
                {
                    Fix(edit, i, Judge(fix, value.Span));
                }
            }
        }
    }

    private static FieldEdit Judge(FieldFix fix, ReadOnlySpan<byte> value)
    {
        try
        {
            return fix.Rule(value);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair cannot be read as text. The engine will say what it thinks of it.
            return FieldEdit.Keep;
        }
    }

    private static void Fix(JsonEdit edit, int index, FieldEdit change)
    {
        if (change.Drop)
        {
            edit.Drop(index);
        }
        else if (change.Value is { } edited)
        {
            edit.Replace(index, edited);
        }
    }
}

/// <summary>What has to be changed in a body for an engine.</summary>
/// <param name="Edit">The changes.</param>
/// <param name="Removed">What was left out that the caller may miss; null: nothing.</param>
/// <param name="Refused">The error when the request cannot do without it.</param>
public readonly record struct EditedBody(JsonEdit Edit, List<string>? Removed, GatewayError? Refused);
