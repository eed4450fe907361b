import { h } from '../dom.js';
import { ago, bytes } from '../format.js';
import { cancel } from '../management.js';
import { announce, toast } from '../ui/announce.js';
import { button } from '../ui/parts.js';
import { badge } from '../ui/state.js';
import { table } from '../ui/table.js';

const verbs = { install: 'Install', delete: 'Delete', upgrade: 'Upgrade', rollback: 'Roll back', start: 'Start', stop: 'Stop' };
const shownLast = 5;

/** What is done to an engine, as a heading has it. */
export function nameOfAction(action) {
  return verbs[action] ?? action;
}

export function nameOf(job) {
  return job.backend || job.gallery_element_name;
}

function stateOf(job) {
  return !job.processed ? 'working' : job.cancelled ? 'cancelled' : job.error ? 'failed' : 'done';
}

/** How far a running job is. */
export function drawProgress(job, changed) {
  const percent = Math.max(0, Math.min(100, job.progress ?? 0));
  const bar = h('div', { class: 'meter-fill' });
  bar.style.width = `${percent}%`;
  const text = job.phase === 'queued' ? 'Waiting for its turn' : job.message || 'Working';
  const amount = job.total_bytes > 0 ? ` \u00b7 ${bytes(job.current_bytes ?? 0)} of ${bytes(job.total_bytes)}` : '';
  return h('div', { class: 'job' },
    h('div', { class: 'job-line' }, h('span', { class: 'job-text' }, text, amount), h('span', { class: 'job-percent' }, `${Math.round(percent)}%`)),
    h('div', { class: 'meter-track', role: 'progressbar', 'aria-label': `${nameOfAction(job.action)} ${nameOf(job)}`, 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': Math.round(percent) }, bar),
    job.nodes?.length > 1 ? h('ul', { class: 'small muted' }, job.nodes.map(node => h('li', null, `${node.node_name}: ${node.error || node.phase || node.status}`))) : null,
    job.cancellable ? button('Cancel', { kind: 'button-small', label: `Cancel: ${nameOfAction(job.action)} ${nameOf(job)}`, onclick: event => give(job, event.currentTarget, changed) }) : null);
}

async function give(job, control, changed) {
  control.disabled = true;
  try {
    await cancel(job.uuid);
    announce('It is being cancelled.');
  } catch (error) {
    toast(`${error.message} ${error.remedy}`.trim(), 'bad');
  }
  changed();
}

/** What was done lately, and how it ended. What ends while the page is open is told aloud, however quickly it ended. */
export function activity() {
  const told = new Set();
  let looked = false;
  const list = table('Latest changes', [
    { title: 'What', lead: true, value: job => `${nameOfAction(job.action)} ${nameOf(job)}` },
    { title: 'How it went', value: job => [stateOf(job)], draw: job => badge(stateOf(job)) },
    { title: 'Says', value: job => job.error || (job.message === 'completed' ? '\u2013' : job.message) || '' },
    { title: 'When', end: true, tight: true, value: job => ago(Date.parse(job.finished_at ?? job.created_at)) },
  ], job => job.uuid);
  const element = h('section', { class: 'section', hidden: true }, h('div', { class: 'section-head' }, h('h2', null, 'Latest changes')), h('div', { class: 'card table-card' }, list.element));

  function update(jobs) {
    for (const job of jobs) {
      if (job.processed && !told.has(job.uuid)) {
        told.add(job.uuid);
        if (looked) {
          tell(job);
        }
      }
    }
    looked = true;
    const latest = jobs.slice(0, shownLast);
    element.hidden = latest.length === 0;
    list.update(latest);
  }

  function tell(job) {
    const what = `${nameOfAction(job.action)} ${nameOf(job)}`;
    const state = stateOf(job);
    if (state === 'failed') {
      toast(`${what}: ${job.error}`, 'bad');
    } else {
      toast(state === 'cancelled' ? `${what}: cancelled. Its changes were reverted.` : `${what}: done.`);
    }
  }

  return { element, update };
}
