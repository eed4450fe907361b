using System.Text;
using Gateway.Proxy.Requests;
using Xunit;

namespace Gateway.Tests.Bodies;

/// <summary>The one text that the gateway reads in a form, and the forms that it does not trust itself to read.</summary>
public sealed class FormPeekTests
{
    private const string Type = "multipart/form-data; boundary=b";
    private const string Model = "Content-Disposition: form-data; name=\"model\"";

    public static TheoryData<string> Headers =>
    [
        Model,
        "content-disposition:form-data;name=model",
        "CONTENT-DISPOSITION: form-data; name=\"model\"",
        "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=\"model\"\r\nContent-Length: 9",
        "Content-Disposition: form-data; name=\"mo\\del\"",
        "Content-Disposition: form-data; name=\"Model\"",
        "Content-Disposition: form-data; filename=\"x\"; name=\"model\"",
    ];

    [Theory]
    [MemberData(nameof(Headers))]
    public void Find_Part_GivesItsText(string headers)
    {
        var body = $"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n\0\r\n--\r\n-b--a\r\n--b\r\n{headers}\r\n\r\nwhisper-1\r\n--b--\r\n";

        Assert.Equal("whisper-1", Found(Type, body));
    }

    [Theory]
    [InlineData("--b\r\n{0}\r\n\r\n\r\n--b--", "")]
    [InlineData("--b\r\n{0}\r\n\r\na\r\nb\r\n--b--", "a\r\nb")]
    [InlineData("--b  \t\r\n{0}\r\n\r\nx\r\n--b--", "x")]
    [InlineData("preamble\r\n--b\r\n{0}\r\n\r\nx\r\n--b--", "x")]
    [InlineData("\r\n--b\r\n{0}\r\n\r\nx\r\n--b--", "x")]
    [InlineData("--b\r\n{0}\r\n\r\nx\r\n--b--\r\n--b\r\n{0}\r\n\r\ny\r\n--b--", "x")]
    [InlineData("--b--", null)]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"models\"\r\n\r\nx\r\n--b--", null)]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"x\"; filename=\"model\"\r\n\r\n\r\n--b--", null)]
    [InlineData("--b--\r\n--b\r\n{0}\r\n\r\nafter the end\r\n--b--", null)]
    public void Find_Form_GivesTextOrNothing(string body, string? expected) => Assert.Equal(expected, Found(Type, body.Replace("{0}", Model, StringComparison.Ordinal)));

    [Theory]
    [InlineData("multipart/form-data; boundary=\"b c\"", "--b c")]
    [InlineData("Multipart/Form-Data;charset=utf-8;Boundary=----WebKitFormBoundaryX", "------WebKitFormBoundaryX")]
    public void Find_Boundary_IsRead(string type, string delimiter) =>
        Assert.Equal("x", Found(type, $"{delimiter}\r\n{Model}\r\n\r\nx\r\n{delimiter}--\r\n"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/mixed; boundary=b")]
    [InlineData("multipart/form-data")]
    [InlineData("multipart/form-data; boundary=")]
    [InlineData("multipart/form-data; boundary=\"\"")]
    [InlineData("; boundary=b")]
    public void Find_NoForm_IsRefused(string? type) =>
        Assert.StartsWith("The body should be a multipart form", Fault(type, $"--b\r\n{Model}\r\n\r\nx\r\n--b--"), StringComparison.Ordinal);

    // The engine may take the other one.
    [Theory]
    [InlineData("Content-Disposition: form-data; name=\"model\"")]
    [InlineData("Content-Disposition: form-data; name=\"MODEL\"")]
    [InlineData("Content-Disposition: form-data; name=\"model\"; filename=\"m\"")]
    public void Find_PartTwice_IsRefused(string second) =>
        Assert.Equal("The form has the part `model` more than once.", Fault(Type, $"--b\r\n{Model}\r\n\r\nx\r\n--b\r\n{second}\r\n\r\ny\r\n--b--"));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("--c\r\n{0}\r\n\r\nx\r\n--c--")]
    [InlineData("--b\r\n{0}\r\n\r\nx")]
    [InlineData("--b\r\n{0}\r\n\r\nx\r\n--b\r\n")]
    [InlineData("--b\r\n{0}")]
    [InlineData("--b\n{0}\n\nx\n--b--")]
    [InlineData("--b\r\n{0}\n\nx\r\n\r\n--b--")]
    [InlineData("--bb\r\n{0}\r\n\r\nx\r\n--b--")]
    [InlineData("--b\r\n\r\nno headers\r\n--b--")]
    [InlineData("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--")]
    [InlineData("--b\r\nContent-Disposition: form-data;\r\n name=\"model\"\r\n\r\nx\r\n--b--")]
    [InlineData("--b\r\nContent-Disposition : form-data; name=\"model\"\r\n\r\nx\r\n--b--")]
    [InlineData("--b\r\nContent-Disposition: form-data; name*=UTF-8''model\r\n\r\nx\r\n--b--")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"x\"; name=\"model\"\r\n\r\nx\r\n--b--")]
    [InlineData("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n{0}\r\n\r\nx\r\n--b--")]
    [InlineData("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--")]
    public void Find_FormThatReadersTakeDifferently_IsRefused(string body) =>
        Assert.StartsWith("The form is not valid", Fault(Type, body.Replace("{0}", Model, StringComparison.Ordinal)), StringComparison.Ordinal);

    [Fact]
    public void Find_EndlessHeaders_AreRefused() => Assert.NotNull(Fault(Type, $"--b\r\n{new string('x', 100_000)}: 1\r\n{Model}\r\n\r\nx\r\n--b--"));

    private static string? Found(string type, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var (text, fault) = FormPeek.Find(type, bytes, "model");
        Assert.Null(fault);
        return text is { } range ? Encoding.UTF8.GetString(bytes[range]) : null;
    }

    private static string Fault(string? type, string body)
    {
        var (text, fault) = FormPeek.Find(type, Encoding.UTF8.GetBytes(body), "model");
        Assert.Null(text);
        return fault!;
    }
}
