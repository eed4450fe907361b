// Before the page is drawn, so that it is never drawn in the wrong colours.
try {
  const theme = localStorage.getItem('console.theme');
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme;
  }
} catch {
  // Storage may be switched off; the system's choice stands then.
}
