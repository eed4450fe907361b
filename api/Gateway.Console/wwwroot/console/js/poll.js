/**
 * Runs a task now and again while the page is looked at, never twice at once, and slower after failures.
 * Returns { now(), stop() }.
 */
export function poll(task, milliseconds, signal) {
  let timer = 0;
  let running = false;
  let failures = 0;
  let stopped = false;

  async function run() {
    clearTimeout(timer);
    if (running || stopped) {
      return;
    }
    if (document.hidden) {
      plan();
      return;
    }
    running = true;
    try {
      await task();
      failures = 0;
    } catch (error) {
      if (error.name !== 'AbortError') {
        failures += 1;
      }
    } finally {
      running = false;
      plan();
    }
  }

  function plan() {
    if (!stopped) {
      timer = setTimeout(run, Math.min(10000, milliseconds * 2 ** Math.min(failures, 4)));
    }
  }

  function seen() {
    if (!document.hidden) {
      run();
    }
  }

  function stop() {
    stopped = true;
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', seen);
  }

  document.addEventListener('visibilitychange', seen);
  signal?.addEventListener('abort', stop);
  run();
  return { now: run, stop };
}
