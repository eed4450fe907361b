import { chat } from '../chat.js';
import { h, put, setText } from '../dom.js';
import { count, durationText } from '../format.js';
import { announce } from '../ui/announce.js';
import { button, empty, fault, notice } from '../ui/parts.js';

/** The questions and answers, and the box for the next one. */
export function conversation({ request, key, ready, onchange, signal }) {
  const messages = [];
  let running = null;
  const hello = empty('try', 'Ask something', 'The answer appears as the engine writes it, with its time to first token and its speed.');
  const log = h('div', { class: 'turns', role: 'log', 'aria-label': 'Conversation', 'aria-live': 'off', tabindex: '0' }, hello);
  const box = h('textarea', { class: 'input', rows: 3, 'aria-label': 'Your message', placeholder: 'Write a message. Enter sends it, Shift+Enter starts a new line.', oninput: onchange, onkeydown: pressed });
  const sendButton = button('Send', { name: 'send', kind: 'button-primary', onclick: () => submit() });
  const stopButton = button('Stop', { name: 'stop', onclick: () => running?.abort() });
  const clear = button('Clear', { kind: 'button-plain', onclick: forget });
  stopButton.hidden = true;
  signal.addEventListener('abort', () => running?.abort());

  function pressed(event) {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      submit();
    }
  }

  function forget() {
    running?.abort();
    messages.length = 0;
    put(log, hello);
    onchange();
    box.focus();
  }

  function pending() {
    const text = box.value.trim();
    if (text || !messages.length) {
      return [...messages, { role: 'user', content: text || 'Hello!' }];
    }
    // Nothing new is typed: what was asked last is shown.
    return messages.slice(0, messages.findLastIndex(message => message.role === 'user') + 1);
  }

  function add(who, ...parts) {
    hello.remove();
    const turn = h('article', { class: `turn turn-${who === 'You' ? 'you' : 'model'}` }, h('h3', { class: 'turn-who' }, who), parts);
    log.append(turn);
    log.scrollTop = log.scrollHeight;
    return turn;
  }

  async function submit() {
    const text = box.value.trim();
    if (!text || running) {
      return;
    }
    const missing = ready();
    if (missing) {
      announce(missing);
      put(log, notice('warn', missing, ''));
      return;
    }

    add('You', h('p', { class: 'turn-text' }, text));
    messages.push({ role: 'user', content: text });
    const body = request([...messages]);
    box.value = '';
    await answer(body);
    onchange();
  }

  async function answer(body) {
    const words = h('p', { class: 'turn-text' });
    const thoughts = h('p', { class: 'turn-text' });
    const thinking = h('details', { class: 'thoughts', hidden: true }, h('summary', null, 'Reasoning'), thoughts);
    const figures = h('p', { class: 'turn-figures' }, 'Waiting for the first token\u2026');
    const turn = add(body.model, thinking, words, figures);
    const controller = running = new AbortController();
    busy(true);
    const grow = (element, delta) => {
      const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
      element.append(delta);
      if (atEnd) {
        log.scrollTop = log.scrollHeight;
      }
    };
    try {
      const result = await chat(body, {
        key: key(), signal: controller.signal,
        ontext: delta => grow(words, delta),
        onthought: delta => { thinking.hidden = false; grow(thoughts, delta); },
      });
      setText(figures, summary(result));
      messages.push({ role: 'assistant', content: words.textContent });
      announce(`${body.model} has answered: ${words.textContent.slice(0, 400)}`);
    } catch (error) {
      ended(error, turn, figures, words);
    } finally {
      running = null;
      busy(false);
      box.focus();
    }
  }

  function ended(error, turn, figures, words) {
    if (error.name === 'AbortError') {
      setText(figures, 'Stopped. The engine\u2019s work was cancelled too.');
      messages.push({ role: 'assistant', content: words.textContent });
      announce('Stopped.');
      return;
    }
    figures.remove();
    turn.append(fault(error));
    messages.pop();
  }

  function busy(yes) {
    sendButton.hidden = yes;
    stopButton.hidden = !yes;
    log.setAttribute('aria-busy', String(yes));
  }

  const element = h('section', { class: 'card talk', 'aria-label': 'Conversation' }, log,
    h('div', { class: 'talk-foot' }, box, h('div', { class: 'talk-buttons' }, clear, stopButton, sendButton)));
  return { element, pending };
}

function summary({ firstMs, totalMs, usage, backend, finish }) {
  const output = usage?.completion_tokens;
  const seconds = (totalMs - (firstMs ?? 0)) / 1000;
  return [
    firstMs === null ? 'no token' : `first token ${durationText(firstMs / 1000)}`,
    output > 4 && seconds > 0.001 ? `${(output / seconds).toFixed(1)} tokens/s` : null,
    Number.isFinite(output) ? `${count(usage.prompt_tokens)} in, ${count(output)} out` : null,
    `${durationText(totalMs / 1000)} in all`,
    backend ? `by ${backend}` : null,
    finish && finish !== 'stop' ? `ended by ${finish}` : null,
  ].filter(Boolean).join(' \u00b7 ');
}
