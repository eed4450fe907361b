import { ask, root as gateway } from '../api.js';
import { curlOf } from '../chat.js';
import { h, put, setText } from '../dom.js';
import { clientKey } from '../session.js';
import { copy } from '../ui/announce.js';
import { button, fault, field, notice, pageHead, select, setOptions } from '../ui/parts.js';
import { conversation } from './try-conversation.js';

export const tryIt = {
  title: 'Try it',
  mount(root, { signal, pulse, query }) {
    let keyed = false;
    const model = select([{ value: '', text: 'Loading\u2026' }], '', { onchange: draw });
    const system = h('textarea', { class: 'input', rows: 2, placeholder: 'You are terse.', oninput: draw });
    const temperature = h('input', { class: 'input', type: 'number', min: 0, max: 2, step: 0.1, placeholder: 'model\u2019s own', oninput: draw });
    const most = h('input', { class: 'input', type: 'number', min: 1, step: 1, value: '512', oninput: draw });
    const streamed = h('input', { type: 'checkbox', checked: true, onchange: draw });
    const key = h('input', { class: 'input', type: 'password', autocomplete: 'off', spellcheck: 'false', value: clientKey.get(), oninput: () => clientKey.set(key.value.trim()) });
    const keyField = field('Client key', key, 'One of API_KEYS. It is kept in this tab only.');
    const curl = h('pre', { class: 'code', tabindex: '0', 'aria-label': 'The request as curl' });
    const trouble = h('div');
    const talk = conversation({ request, key: () => (keyed ? clientKey.get() : ''), ready, onchange: draw, signal });

    function request(messages) {
      const body = { model: model.value, messages: system.value.trim() ? [{ role: 'system', content: system.value.trim() }, ...messages] : messages };
      if (temperature.value !== '') {
        body.temperature = Number(temperature.value);
      }
      if (most.value !== '') {
        body.max_tokens = Number(most.value);
      }
      if (streamed.checked) {
        body.stream = true;
        body.stream_options = { include_usage: true };
      }
      return body;
    }

    /** What is missing before something can be sent; empty when nothing is. */
    function ready() {
      if (!model.value) {
        model.focus();
        return 'No model is available. See the Models page.';
      }
      if (keyed && !clientKey.get()) {
        key.focus();
        return 'Enter a client key first: clients need one of API_KEYS; the admin key does not work here.';
      }
      return '';
    }

    function draw() {
      setText(curl, curlOf(request(talk.pending()), new URL('v1/chat/completions', gateway).href, keyed));
    }

    async function load() {
      try {
        const [info, stats] = await Promise.all([ask('system-info', { signal }), ask('stats', { signal })]);
        pulse('live');
        put(trouble);
        keyed = stats.keys_needed;
        keyField.hidden = !keyed;
        const ids = info.models.map(entry => entry.id);
        const wanted = query.get('model');
        setOptions(model, ids.length ? ids.map(id => ({ value: id, text: id })) : [{ value: '', text: 'No model is listed' }], ids.includes(wanted) ? wanted : ids[0] ?? '');
        if (!ids.length) {
          put(trouble, notice('warn', 'No model is listed yet.', 'An engine lists its models once it is ready; the overview shows its progress.'));
        }
        draw();
      } catch (error) {
        if (error.name !== 'AbortError') {
          pulse('away');
          put(trouble, fault(error, load));
        }
      }
    }

    keyField.hidden = true;
    put(root, pageHead('Try it', 'Send a request as a client would, and see how long it takes.'), trouble,
      h('div', { class: 'try' },
        talk.element,
        h('aside', { class: 'try-side', 'aria-label': 'Request' },
          h('div', { class: 'card card-body try-form' }, field('Model', model), keyField, field('System message', system),
            h('div', { class: 'pair' }, field('Temperature', temperature), field('Max tokens', most)),
            h('label', { class: 'check' }, streamed, 'Stream the answer')),
          h('section', { class: 'section' }, h('div', { class: 'section-head' }, h('h2', null, 'As curl'), button('Copy', { name: 'copy', kind: 'button-small', onclick: () => copy(curl.textContent, 'Command') })), curl))));
    load();
  },
};
