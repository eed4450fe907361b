import { onSignedOut } from './api.js';
import { put } from './dom.js';
import { frame } from './frame.js';
import { adminKey, forgetKeys } from './session.js';
import { signIn } from './signin.js';
import { audit } from './pages/audit.js';
import { backends } from './pages/backends.js';
import { keys } from './pages/keys.js';
import { matrix } from './pages/matrix.js';
import { models } from './pages/models.js';
import { nodes } from './pages/nodes.js';
import { overview } from './pages/overview.js';
import { tryIt } from './pages/try.js';

const pages = { overview, backends, models, keys, matrix, try: tryIt, nodes, audit };
const app = document.getElementById('app');
let shell = null;
let leaving = null;

function start() {
  shell = frame(pages, signOut);
  put(app, shell.element);
  show(false);
}

function show(moveFocus = true) {
  if (!shell) {
    return;
  }
  leaving?.abort();
  leaving = new AbortController();
  const [name, search] = location.hash.replace(/^#\/?/, '').split('?');
  const id = Object.hasOwn(pages, name) ? name : 'overview';
  const root = shell.open(id);
  document.title = `${pages[id].title} \u00b7 Gateway console`;
  pages[id].mount(root, { signal: leaving.signal, pulse: shell.pulse, query: new URLSearchParams(search) });
  scrollTo(0, 0);
  if (moveFocus) {
    root.querySelector('h1')?.focus();
  }
}

function end() {
  leaving?.abort();
  shell = null;
  document.querySelectorAll('dialog').forEach(dialog => dialog.close());
}

function signOut() {
  end();
  forgetKeys();
  signIn(app, start);
}

onSignedOut(() => {
  if (shell) {
    end();
    adminKey.set('');
    signIn(app, start, 'The gateway no longer accepts the key. It may have been restarted with another one.');
  }
});
addEventListener('hashchange', () => show());

if (adminKey.get()) {
  start();
} else {
  signIn(app, start);
}
