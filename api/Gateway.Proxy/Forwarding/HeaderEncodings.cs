using System.Text;
using Gateway.Proxy.Requests;

namespace Gateway.Proxy.Forwarding;

/// <summary>
/// Header values are bytes: most are ASCII, some UTF-8, some ISO 8859-1, and none says which. Read and written as ISO 8859-1 on all four sides, each
/// byte becomes one character and the same byte again.
/// </summary>
public static class HeaderEncodings
{
    public static Encoding? OfRequest(string name) =>
        name.Equals("Connection", StringComparison.OrdinalIgnoreCase) ? ConnectionOptions.Encoding
        : name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) ? BodyLength.Encoding
        : Encoding.Latin1;

    public static Encoding? OfResponse(string _) => Encoding.Latin1;
}
