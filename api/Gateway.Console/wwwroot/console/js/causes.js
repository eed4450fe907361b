// What each cause of an error means, and what the operator can do about it.
const causes = {
  missing_api_key: ['No key was sent', 'The caller has to send one of API_KEYS as a bearer token.'],
  invalid_api_key: ['A wrong key was sent', 'Give the caller one of API_KEYS, or look whether somebody guesses keys.'],
  model_not_found: ['An unknown model was asked for', 'Compare the name with the Models page, or give it an alias in MODEL_ALIASES.'],
  not_found: ['A path that is not served', 'The caller\u2019s base URL should end in /v1.'],
  method_not_allowed: ['A wrong method', 'The caller uses another method than the endpoint takes.'],
  request_too_large: ['A body over the limit', 'Raise GATEWAY_MAX_BODY_MB if such requests are meant to pass.'],
  invalid_json: ['A body that is not JSON', 'The caller has to send a JSON object.'],
  invalid_request_error: ['The engine refused the request', 'The caller\u2019s parameters do not suit the model; its answer says which.'],
  rate_limit_exceeded: ['A key was over its rate', 'Raise the key\u2019s limits, or let the caller slow down.'],
  insufficient_quota: ['A key has used up its tokens', 'Raise the key\u2019s monthly tokens.'],
  unsupported_endpoint: ['The engine lacks the endpoint', 'The capability matrix shows which engines serve it.'],
  upstream_error: ['The engine could not be reached, or answered nonsense', 'Look at the backend\u2019s state and at the engine\u2019s log.'],
  engine_loading: ['The engine was still loading', 'It passes by itself. GATEWAY_LOADING_WAIT_SECONDS lets requests wait for it.'],
  engine_unavailable: ['The engine was away', 'Look whether it runs and whether BACKEND_BASE_URL leads to it.'],
  overloaded: ['More work than places', 'Raise GATEWAY_MAX_CONCURRENCY or GATEWAY_MAX_QUEUE, or add a replica.'],
  first_token_timeout: ['No token in time', 'Long prompts may need a higher GATEWAY_FIRST_TOKEN_TIMEOUT_SECONDS.'],
  upstream_timeout: ['A deadline passed', 'The log says which; each has a setting of its own.'],
  stream_interrupted: ['A stream broke after it had begun', 'Look at the engine\u2019s log for a crash or for lack of memory.'],
  context_length_exceeded: ['A prompt longer than the context', 'The caller has to send less, or use a model with a longer context.'],
  server_error: ['The engine failed', 'Look at the engine\u2019s log.'],
  canceled: ['The caller left', 'Nothing to do: the engine\u2019s work was stopped at once.'],
};

export function explain(cause) {
  const [title, remedy] = causes[cause] ?? [cause, 'The gateway\u2019s log has a line for each of them.'];
  return { title, remedy };
}
