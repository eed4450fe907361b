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

/** In milliseconds. A gateway that takes longer than this for one of its own answers hangs. */
const patience = 15000;

/** Called when the gateway does not take the operator's key any more. */
export function onSignedOut(listener) {
  signedOut.addEventListener('out', listener);
}

/** Asks the gateway as its operator, and returns the answer's JSON. */
export async function ask(path, { method = 'GET', body, signal, key = adminKey.get() } = {}) {
  const late = AbortSignal.timeout(patience);
  const response = await send(path, { method, body, signal: signal ? AbortSignal.any([signal, late]) : late, key });
  const parsed = parse(await response.text().catch(error => { throw failure(error); }));
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
  const request = () => fetch(new URL(path, root), {
    method, headers, signal, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer',
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  try {
    return await request().catch(error => again(error, method, request));
  } catch (error) {
    throw failure(error);
  }
}

/** A browser drops its requests when the network of its machine changes; one that only reads is sent a second time. */
async function again(error, method, request) {
  if (method !== 'GET' || error.name !== 'TypeError') {
    throw error;
  }
  await new Promise(resolve => setTimeout(resolve, 300));
  return request();
}

function failure(error) {
  if (error.name === 'AbortError') {
    return error;
  }
  return error.name === 'TimeoutError'
    ? new ApiError('The gateway has not answered for 15 seconds.', 'It hangs, or the network drops its answers: check its log and its processor time. The console retries automatically.', 0, 'timeout')
    : new ApiError('The gateway does not answer.', 'Check that it is running, and that this page\u2019s address still reaches it. The console retries automatically.', 0, 'unreachable');
}

/** Reads the error of an answer that is not OK: OpenAI's envelope, or the plain one of the management API. */
export function errorOf(status, parsed, client = false) {
  const error = parsed && typeof parsed === 'object' ? parsed.error : null;
  const message = typeof error === 'string' ? error : typeof error?.message === 'string' ? error.message : `The gateway answered ${status}.`;
  const code = typeof parsed?.code === 'string' ? parsed.code : typeof error?.code === 'string' ? error.code : '';
  return new ApiError(message, (client ? clientRemedies : remedies)[status] ?? '', status, code, parsed);
}

const remedies = {
  401: 'Sign in again with the value of ADMIN_API_KEY.',
  404: 'This gateway may be older than the console expects, or the item no longer exists. Reload the page.',
  409: 'Check its current state, then decide again.',
};

// What helps a client of /v1, which has a key of its own.
const clientRemedies = {
  401: 'Enter another client key: one of API_KEYS or of gateway.yaml. ADMIN_API_KEY is for the console only.',
  404: 'Choose a model that the Models page lists, or give the name an alias in MODEL_ALIASES.',
  429: 'The key has reached its limit. The Keys page shows its limits and when they renew.',
  501: 'The Matrix page shows which engines serve this.',
  503: 'The overview shows the state of each backend and the reason.',
};

export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
