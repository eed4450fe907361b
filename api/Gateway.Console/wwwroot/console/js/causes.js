// What each cause of an error means, and what the operator can do about it.
const causes = {
  missing_api_key: ['No key was sent', 'The client must send one of API_KEYS as a bearer token.'],
  invalid_api_key: ['A wrong key was sent', 'Give the client one of API_KEYS, or check whether someone is guessing keys.'],
  model_not_found: ['An unknown model was requested', 'Compare the name with the Models page, or give it an alias in MODEL_ALIASES.'],
  not_found: ['A path that is not served', 'The client\u2019s base URL should end in /v1.'],
  method_not_allowed: ['A wrong method', 'The client uses a method that the endpoint does not accept.'],
  request_too_large: ['A body over the limit', 'Raise GATEWAY_MAX_BODY_MB if such requests should be allowed.'],
  invalid_json: ['A body that is not JSON', 'The client must send a JSON object.'],
  invalid_request_error: ['The engine refused the request', 'The client\u2019s parameters do not suit the model; the error says which.'],
  rate_limit_exceeded: ['A key was over its rate', 'Raise the key\u2019s limits, or slow the client down.'],
  insufficient_quota: ['A key has used up its tokens', 'Raise the key\u2019s monthly tokens.'],
  unsupported_endpoint: ['The engine lacks the endpoint', 'The capability matrix shows which engines serve it.'],
  upstream_error: ['The engine could not be reached, or sent an invalid answer', 'Check the backend\u2019s state and the engine\u2019s log.'],
  engine_loading: ['The engine was still loading', 'This is temporary. With GATEWAY_LOADING_WAIT_SECONDS requests wait for it.'],
  engine_unavailable: ['The engine was unreachable', 'Check that it is running and that BACKEND_BASE_URL points to it.'],
  overloaded: ['Too many concurrent requests', 'Raise GATEWAY_MAX_CONCURRENCY or GATEWAY_MAX_QUEUE, or add a replica.'],
  first_token_timeout: ['No token in time', 'Long prompts may need a higher GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS.'],
  upstream_timeout: ['A deadline passed', 'The log says which; each has a separate setting.'],
  stream_interrupted: ['A stream broke after it had started', 'Check the engine\u2019s log for a crash or lack of memory.'],
  context_length_exceeded: ['A prompt longer than the context', 'The client must send less, or use a model with a longer context.'],
  server_error: ['The engine failed', 'Check the engine\u2019s log.'],
  canceled: ['The client disconnected', 'Nothing to do: the engine\u2019s work was stopped.'],
};

export function explain(cause) {
  const [title, remedy] = causes[cause] ?? [cause, 'The gateway\u2019s log has a line for each of them.'];
  return { title, remedy };
}
