import { ask } from './api.js';

const encode = encodeURIComponent;

/** Everything the page of engines shows, in one go. Upgrades and galleries may fail without taking the rest with them. */
export async function readAll(signal) {
  const [installed, available, jobs, upgrades, galleries] = await Promise.all([
    ask('backends', { signal }),
    ask('backends/available?all=true', { signal }),
    ask('backends/jobs', { signal }),
    ask('backends/upgrades', { signal }).catch(() => ({})),
    ask('backends/galleries', { signal }).catch(() => []),
  ]);
  return { installed: installed ?? [], available: available ?? [], jobs: jobList(jobs), upgrades: upgrades ?? {}, galleries: galleries ?? [] };
}

function jobList(jobs) {
  return Object.entries(jobs ?? {}).map(([uuid, job]) => ({ ...job, uuid })).sort((a, b) => String(b.created_at).localeCompare(String(a.created_at)));
}

export const install = (id, more, node) => (node
  ? ask(`api/nodes/${encode(node)}/backends/install`, { method: 'POST', body: { backend: id, ...more } })
  : ask('backends/apply', { method: 'POST', body: { id, ...more } }));
/** To what the gallery has, or to a version or an image that was typed: an image has a slash or a digest in it. */
export const upgrade = (name, to) => ask(`backends/upgrade/${encode(name)}`, { method: 'POST', body: !to ? {} : /[/@]/.test(to) ? { uri: to } : { version: to } });
export const rollBack = name => ask(`backends/rollback/${encode(name)}`, { method: 'POST' });
export const remove = name => ask(`backends/delete/${encode(name)}`, { method: 'POST' });
export const start = name => ask(`backends/start/${encode(name)}`, { method: 'POST' });
export const stop = name => ask(`backends/stop/${encode(name)}`, { method: 'POST' });
export const cancel = uuid => ask(`backends/jobs/${encode(uuid)}`, { method: 'DELETE' });
export const checkUpgrades = () => ask('backends/upgrades/check', { method: 'POST' });

/** One entry a card: what is installed, what the settings name, and what the galleries offer besides. */
export function cardsOf({ installed, available, jobs, upgrades }) {
  const offers = new Map(available.map(entry => [entry.name, entry]));
  const running = new Map(jobs.filter(job => !job.processed).map(job => [job.backend || job.gallery_element_name, job]));
  const cards = installed.map(backend => {
    const offer = offers.get(backend.Metadata?.meta_backend_for) ?? offers.get(backend.Metadata?.name);
    const upgradeTo = upgrades[backend.Name];
    return {
      key: `installed:${backend.Name}`,
      name: backend.Name,
      kind: backend.kind ?? '',
      description: offer?.description || backend.description || '',
      types: typesOf(offer, backend.kind),
      configured: backend.IsSystem === true,
      installed: backend.IsSystem !== true,
      concrete: false,
      state: backend.stopped ? 'stopped' : backend.state ?? 'absent',
      reason: backend.reason ?? '',
      model: backend.model ?? '',
      nodes: backend.nodes ?? [],
      metadata: backend.Metadata ?? {},
      previous: backend.previous_version ?? '',
      checkError: backend.upgrade_check_error ?? '',
      upgrade: backend.upgrade_available ? { version: backend.available_version || upgradeTo?.available_version || '', digest: upgradeTo?.available_digest ?? '' } : null,
      offer,
      job: running.get(backend.Name) ?? null,
    };
  });
  const taken = new Set(cards.map(card => card.name));
  for (const entry of available) {
    // An engine that is being installed is no backend yet: its job is shown on the offer.
    cards.push({
      key: `offer:${entry.gallery?.name ?? ''}:${entry.name}`,
      name: entry.name,
      kind: entry.kind ?? '',
      description: entry.description ?? '',
      types: typesOf(entry, entry.kind),
      configured: false,
      installed: false,
      already: entry.installed === true,
      shownAlready: taken.has(entry.name),
      concrete: entry.meta !== true && available.some(other => other.meta && Object.values(other.capabilities ?? {}).includes(entry.name)),
      state: 'available',
      reason: entry.installable === false ? entry.reason ?? 'It cannot be installed here.' : '',
      installable: entry.installable !== false,
      nodes: [],
      metadata: {},
      upgrade: null,
      offer: entry,
      job: taken.has(entry.name) ? null : running.get(entry.name) ?? running.get(entry.alias) ?? null,
    });
  }
  return cards;
}

function typesOf(entry, kind) {
  return [...new Set([entry?.modality, ...(entry?.tags ?? [])].filter(text => typeof text === 'string' && text && text !== kind))];
}

/** Does a card fit what was typed and chosen? */
export function fits(card, { text, show, type, variants }) {
  if (text && ![card.name, card.kind, card.description, card.model, ...card.types].some(part => String(part ?? '').toLowerCase().includes(text))) {
    return false;
  }
  if (type && !card.types.includes(type)) {
    return false;
  }
  const wanted = {
    // What is installed under the offer's own name has a card already.
    all: () => !card.shownAlready,
    installed: () => card.installed || card.configured,
    upgrades: () => card.upgrade !== null,
    available: () => card.state === 'available',
  };
  return wanted[show]() && (variants || !card.concrete || card.job !== null);
}
