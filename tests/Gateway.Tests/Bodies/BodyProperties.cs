using System.Text;
using System.Text.Json;
using CsCheck;
using Gateway.Core.Configuration;
using Gateway.Engines;
using Gateway.Engines.Endpoints;
using Gateway.Proxy.Requests;
using Gateway.Proxy.Routing;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Gateway.Tests.Bodies;

/// <summary>Whatever a body is, it is read or refused: nothing that reads a body throws at what is in it.</summary>
public sealed class BodyProperties
{
    private const int Iterations = 3000;

    /// <summary>As they stand in JSON: half a surrogate pair, letters that fold into others, and the rest of what is escaped.</summary>
    private static readonly string[] Escaped = ["\\ud800", "\\udc00x", "\\u0000", "\\u017f", "\\\\", "\\\"", "\\u0072ole", "\\u0075ser"];

    private static readonly Gen<byte[]> Noise = Gen.Byte.Array[0, 300];

    private static readonly Gen<string> Texts = Gen.OneOf(
        Pick("model", "stream", "stream_options", "messages", "role", "content", "user", "system", "prompt", "input", "n", "max_tokens", "stop", "tools", "image_url", "url", "m", "true", ""),
        Gen.String[0, 20],
        Pick(Escaped),
        Pick("\u212a", new string('x', 5000), "\ud83d\ude00"));

    private static readonly Gen<string> Scalars = Gen.OneOf(
        Texts.Select(text => Quoted(text)),
        Pick("null", "true", "false", "0", "-0", "1e999", "-1.5e-7", "99999999999999999999", "9223372036854775808", "1", "2"),
        Gen.Int.Select(number => number.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    private static readonly Gen<string> Values = Gen.Recursive<string>((depth, inner) => depth > 4
        ? Scalars
        : Gen.OneOf(
            Scalars,
            inner.Array[0, 4].Select(items => $"[{string.Join(',', items)}]"),
            Gen.Select(Texts, inner).Array[0, 4].Select(members => $"{{{string.Join(',', members.Select(member => $"{Quoted(member.Item1)}:{member.Item2}"))}}}")));

    // Around every limit of depth that a reader may have.
    private static readonly Gen<string> Deep = Gen.Select(Gen.OneOf(Gen.Int[1, 140], Gen.Int[500, 520]), Pick("[", "{\"a\":"), Scalars)
        .Select((depth, open, inner) => string.Concat(Enumerable.Repeat(open, depth)) + inner + new string(open == "[" ? ']' : '}', depth));

    private static readonly Gen<string> Conversations = Gen.Select(Pick("user", "system", "assistant", "1"), Gen.OneOf(Values, Deep)).Array[0, 4]
        .Select(turns => $"[{string.Join(',', turns.Select(turn => $"{{\"role\":\"{turn.Item1}\",\"content\":{turn.Item2}}}"))}]");

    private static readonly Gen<string> Members = Gen.OneOf(
        Gen.Select(Pick("messages"), Gen.OneOf(Conversations, Deep, Values)).Select(Member),
        Gen.Select(Pick("model", "stream", "n", "prompt", "input", "stream_options", "max_tokens", "max_completion_tokens", "stop", "tools", "response_format"), Gen.OneOf(Values, Deep)).Select(Member),
        Gen.Select(Texts, Gen.OneOf(Values, Deep)).Select((name, value) => $"{Quoted(name)}:{value}"));

    private static readonly Gen<byte[]> Objects = Members.Array[0, 6].Select(members => Encoding.UTF8.GetBytes($"{{{string.Join(',', members)}}}"));

    /// <summary>Bytes by chance, JSON by chance, and JSON that was cut, doubled or had a byte changed.</summary>
    private static readonly Gen<byte[]> Bodies = Gen.OneOf(
        Noise,
        Objects,
        Gen.Select(Objects, Gen.Double[0, 1]).Select((body, share) => body[..(int)(body.Length * share)]),
        Gen.Select(Objects, Gen.Double[0, 1], Gen.Byte).Select(Changed),
        Gen.Select(Objects, Noise).Select((body, noise) => (byte[])[.. body, .. noise]),
        Gen.OneOf(Values, Deep).Select(Encoding.UTF8.GetBytes));

    [Fact]
    public void ClientRequest_AnyBody_IsReadOrRefused() => Bodies.Sample(
        body =>
        {
            foreach (var endpoint in (EndpointId[])[EndpointId.ChatCompletions, EndpointId.Completions, EndpointId.Messages, EndpointId.AudioTranscriptions])
            {
                using var held = Read(body, endpoint, out var status);
                Assert.True(held is not null || status is 400 or 413, $"{endpoint}: {status}");
            }
        },
        iter: Iterations, threads: 1);

    [Fact]
    public void PromptPrefix_AnyBody_IsANumberOfItsBeginning() => Bodies.Sample(
        body =>
        {
            if (JsonMembers.TryParse(body, out var members, out _))
            {
                Assert.Equal(PromptPrefix.Of(members), PromptPrefix.Of(members));
            }
        },
        iter: Iterations, threads: 1);

    [Fact]
    public void JsonMembers_AnyBody_AgreeWithAParserOnWhatIsJson() => Bodies.Sample(
        body => Assert.Equal(IsObject(body), JsonMembers.TryParse(body, out _, out _)),
        iter: Iterations, threads: 1);

    [Fact]
    public void JsonEdit_AnyObject_StaysJsonAndKeepsWhatWasNotChanged() => Gen.Select(Objects, Gen.Int[0, 5], Values).Sample(
        (body, index, value) =>
        {
            if (!JsonMembers.TryParse(body, out var members, out _))
            {
                return;
            }

            var edit = new JsonEdit(members);
            edit.Set("model"u8, "\"other\""u8.ToArray());
            if (index < members.All.Count && !members.All[index].Is("model"u8))
            {
                edit.Replace(index, Encoding.UTF8.GetBytes(value));
            }

            edit.Drop("stream"u8);
            using var output = new BodyBuffer(body.Length);
            edit.WriteTo(output);
            Assert.True(JsonMembers.TryParse(output.Written, out var edited, out var fault), fault);
            Assert.Equal("\"other\"", Encoding.UTF8.GetString(edited.Value(edited.Find("model"u8)!.Value)));
            Assert.Null(edited.Find("stream"u8));
            for (var i = 0; i < members.All.Count; i++)
            {
                var member = members.All[i];
                Assert.True(i == index || member.Is("model"u8) || member.Is("stream"u8) || edited.All.Any(kept => kept.Name.Span.SequenceEqual(member.Name.Span) && edited.Value(kept).SequenceEqual(members.Value(member))));
            }
        },
        iter: Iterations, threads: 1);

    [Fact]
    public void BodyEditor_AnyBodyForAnyEngine_IsJson() => Objects.Sample(
        body =>
        {
            if (!JsonMembers.TryParse(body, out var members, out _))
            {
                return;
            }

            foreach (var profile in EngineCatalog.All)
            {
                var edited = new BodyEditor(profile.Requests).Edit(members, EndpointCatalog.Find(EndpointId.ChatCompletions), "renamed");
                if (edited.Refused is not null)
                {
                    continue;
                }

                var written = edited.Edit.ToArray(body.Length);
                Assert.True(JsonMembers.TryParse(written, out _, out var fault), $"{profile.Id}: {fault}");
            }
        },
        iter: Iterations / 5, threads: 1);

    [Fact]
    public void FormPeek_AnyBody_IsReadOrRefused() => Gen.Select(Gen.OneOf(Noise, Forms()), Pick("b", "\"b\"", "", "b; boundary=c")).Sample(
        (body, boundary) => _ = FormPeek.Find($"multipart/form-data; boundary={boundary}", body, "model"),
        iter: Iterations, threads: 1);

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);

    private static Gen<byte[]> Forms() => Pick("--b", "\r\n", "\r\n\r\n", "--", "Content-Disposition: form-data; name=\"model\"", "Content-Disposition:", "; name=model", "m", "\"", "\n", "\0", "ü", ":")
        .Array[0, 20].Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces)));

    private static byte[] Changed(byte[] body, double share, byte value)
    {
        byte[] changed = [.. body];
        if (changed.Length > 0)
        {
            changed[(int)(share * (changed.Length - 1))] = value;
        }

        return changed;
    }

    private static string Member(string name, string value) => $"\"{name}\":{value}";

    private static string Quoted(string text) => Escaped.Contains(text) ? $"\"{text}\"" : JsonSerializer.Serialize(text);

    private static bool IsObject(byte[] body)
    {
        try
        {
            _ = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(body);
            using var json = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 512 });
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            return false;
        }
    }

    private static ClientRequest? Read(byte[] body, EndpointId endpoint, out int status)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(body);
        context.Request.ContentType = endpoint == EndpointId.AudioTranscriptions ? "multipart/form-data; boundary=b" : "application/json";
        var (request, error) = ClientRequest.ReadAsync(context, EndpointCatalog.Find(endpoint), new GatewaySettings { Backends = [] }).AsTask().GetAwaiter().GetResult();
        status = error?.Status ?? 200;
        return request;
    }
}
