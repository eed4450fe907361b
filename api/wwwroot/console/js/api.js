import { adminKey } from './session.js';

/** The gateway's own root: the console lies one level below it, also behind a proxy with a path of its own. */
export const root = new URL('../', document.baseURI);

/** What went wrong, in words for people: what happened, and what to do about it. */
export class ApiError extends Error {
  constructor(message, remedy, status, code, body) {
    super(message);
    this.remedy = remedy;
    this.status = status;
    this.code = code;
    this.body = body;
  }
}

const signedOut = new EventTarget();

/** Called when the gateway does not take the operator's key any more. */
export function onSignedOut(listener) {
  signedOut.addEventListener('out', listener);
}

/** Asks the gateway as its operator, and returns the answer's JSON. */
export async function ask(path, { method = 'GET', body, signal, key = adminKey.get() } = {}) {
  const response = await send(path, { method, body, signal, key });
  const text = await response.text();
  const parsed = parse(text);
  if (response.ok) {
    return parsed;
  }
  if (response.status === 401 && key === adminKey.get()) {
    signedOut.dispatchEvent(new Event('out'));
  }
  throw errorOf(response.status, parsed);
}

/** The bare response, for streams. */
export async function send(path, { method = 'GET', body, signal, key = adminKey.get() } = {}) {
  const headers = {};
  if (key) {
    headers.authorization = `Bearer ${key}`;
  }
  if (body !== undefined) {
    headers['content-type'] = 'application/json';
  }
  try {
    return await fetch(new URL(path, root), {
      method, headers, signal, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new ApiError('The gateway does not answer.', 'See whether it still runs, and whether this page\u2019s address still leads to it. The console tries again by itself.', 0, 'unreachable');
  }
}

/** Reads the error of an answer that is not OK: OpenAI's envelope, or the plain one of the management API. */
export function errorOf(status, parsed) {
  const error = parsed && typeof parsed === 'object' ? parsed.error : null;
  const message = typeof error === 'string' ? error : typeof error?.message === 'string' ? error.message : `The gateway answered ${status}.`;
  const code = typeof parsed?.code === 'string' ? parsed.code : typeof error?.code === 'string' ? error.code : '';
  return new ApiError(message, remedies[status] ?? '', status, code, parsed);
}

const remedies = {
  401: 'Sign in again with the value of ADMIN_API_KEY.',
  404: 'This gateway may be older than the console expects, or what you look for is gone. Reload the page.',
  409: 'Look at its current state, then decide again.',
};

export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
