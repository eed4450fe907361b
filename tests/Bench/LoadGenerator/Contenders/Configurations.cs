using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Bench.Load;

namespace Gateway.Bench.Contenders;

/// <summary>The configuration files of those that have one.</summary>
internal static class Configurations
{
    /// <summary>Keys with every limit, models under the operator's names; usage, metrics and the log are always on.</summary>
    public static string Gateway(int upstream, Sizes sizes)
    {
        var text = new StringBuilder("backends:\n  - name: bench\n    kind: vllm\n    max_concurrency: 50000\n    urls:\n");
        for (var i = 0; i < sizes.Replicas; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"      - http://127.0.{i / 250}.{(i % 250) + 1}:{upstream}\n");
        }

        text.Append("    models:\n");
        for (var i = 1; i <= sizes.Models; i++)
        {
            text.Append(CultureInfo.InvariantCulture, $"      model-{i}: model-{i}\n");
        }

        text.Append("keys:\n");
        for (var i = 1; i <= sizes.Keys; i++)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Requests.KeyOf(i))));
            text.Append(CultureInfo.InvariantCulture, $"  - {{name: team-{i}, sha256: {hash}, models: [\"model-*\"], requests_per_minute: 100000000, tokens_per_minute: 100000000000, max_concurrency: 50000, monthly_tokens: 1000000000000}}\n");
        }

        return text.ToString();
    }

    /// <summary>As one sets it up before an engine: connections kept, nothing buffered on the way back.</summary>
    public static string Nginx(int port, int upstream, string folder) => $$"""
        daemon off;
        worker_processes auto;
        pid {{folder}}/nginx.pid;
        error_log stderr crit;
        worker_rlimit_nofile 20000;
        events { worker_connections 16384; }
        http {
          access_log off;
          client_max_body_size 64m;
          client_body_buffer_size 8m;
          client_body_temp_path {{folder}}/body;
          proxy_temp_path {{folder}}/proxy;
          fastcgi_temp_path {{folder}}/fastcgi;
          uwsgi_temp_path {{folder}}/uwsgi;
          scgi_temp_path {{folder}}/scgi;
          keepalive_requests 100000000;
          upstream engine { server 127.0.0.1:{{upstream}}; keepalive 256; keepalive_requests 100000000; }
          server {
            listen 127.0.0.1:{{port}} backlog=4096;
            location / {
              proxy_pass http://engine;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_buffering off;
              proxy_read_timeout 3600s;
            }
          }
        }
        """;

    /// <summary>As one sets it up before an engine.</summary>
    public static string HaProxy(int port, int upstream) => $"""
        global
          maxconn 8000
        defaults
          mode http
          option http-keep-alive
          http-reuse always
          option http-no-delay
          timeout connect 5s
          timeout client 3600s
          timeout server 3600s
        frontend door
          bind 127.0.0.1:{port} backlog 4096
          default_backend engine
        backend engine
          server one 127.0.0.1:{upstream}

        """;
}
