import { ApiError, errorOf, parse, send } from './api.js';

/**
 * Asks for a chat answer and reports it as it comes: `ontext(delta)`, `onthought(delta)`.
 * Returns the figures: { firstMs, totalMs, usage, backend, model, finish }.
 */
export async function chat(request, { key, signal, ontext, onthought }) {
  const started = performance.now();
  const result = { firstMs: null, totalMs: 0, usage: null, backend: '', model: '', finish: '' };
  const response = await send('v1/chat/completions', { method: 'POST', body: request, key, signal });
  result.backend = response.headers.get('x-gateway-backend') ?? '';
  if (!response.ok) {
    throw errorOf(response.status, parse(await response.text()), true);
  }

  const take = chunk => {
    result.model = chunk.model || result.model;
    result.usage = chunk.usage ?? result.usage;
    const choice = chunk.choices?.[0];
    const delta = choice?.delta ?? choice?.message;
    const thought = delta?.reasoning_content ?? delta?.reasoning;
    if (typeof thought === 'string' && thought) {
      result.firstMs ??= performance.now() - started;
      onthought(thought);
    }
    if (typeof delta?.content === 'string' && delta.content) {
      result.firstMs ??= performance.now() - started;
      ontext(delta.content);
    }
    result.finish = choice?.finish_reason ?? result.finish;
  };

  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await readEvents(response.body, data => {
      if (data === '[DONE]') {
        return;
      }
      const chunk = parse(data);
      if (chunk?.error) {
        throw new ApiError(typeof chunk.error === 'string' ? chunk.error : chunk.error.message ?? 'The stream broke.', 'The text so far is shown. Check the backend on the overview, then send again.', 502, chunk.error.code ?? '');
      }
      if (chunk) {
        take(chunk);
      }
    });
  } else {
    take(parse(await response.text()) ?? {});
  }

  result.totalMs = performance.now() - started;
  return result;
}

/** Reads server-sent events; an event may come in pieces, and lines may end in any of the three ways. */
async function readEvents(stream, ondata) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    rest += value ?? '';
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = done ? '' : lines.pop();
    for (const line of lines) {
      if (line.startsWith('data:')) {
        ondata(line.slice(5).trim());
      }
    }
    if (done) {
      return;
    }
  }
}

/** The same request for a shell. The key is named, never shown. */
export function curlOf(request, url, keyed) {
  const quoted = text => `'${text.replaceAll("'", "'\\''")}'`;
  return [
    `curl ${request.stream ? '-N ' : ''}${quoted(url)}`,
    keyed ? '  -H "Authorization: Bearer $API_KEY"' : null,
    "  -H 'Content-Type: application/json'",
    `  -d ${quoted(JSON.stringify(request))}`,
  ].filter(Boolean).join(' \\\n');
}
