// Runs before everything else on the page. The theme comes first, so that the page is never drawn in the wrong colours.
try {
  const theme = localStorage.getItem('console.theme');
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme;
  }
} catch {
  // Storage may be switched off; the system's choice stands then.
}

// A browser drops what it is loading when the network of its machine changes, as it does each time a container starts there.
// A console of which a part is missing stays blank or bare, so it is loaded again, and after three attempts says so.
{
  const key = 'console.loads';
  const attempts = 3;

  const count = value => {
    try {
      if (value !== undefined) {
        sessionStorage.setItem(key, value);
      }
      return Number(sessionStorage.getItem(key));
    } catch {
      return attempts;
    }
  };

  let failed = false;
  addEventListener('error', event => {
    if (failed || !(event.target instanceof HTMLScriptElement || event.target instanceof HTMLLinkElement)) {
      return;
    }
    failed = true;
    if (count() < attempts) {
      count(count() + 1);
      setTimeout(() => location.reload(), 500);
      return;
    }
    count(0);
    const text = document.createElement('p');
    text.className = 'no-script';
    text.setAttribute('role', 'alert');
    text.textContent = 'A part of the console could not be loaded. Check that the gateway is running, then reload the page.';
    addEventListener('load', () => document.body.prepend(text));
  }, true);
  addEventListener('load', () => failed || count(0));
}
