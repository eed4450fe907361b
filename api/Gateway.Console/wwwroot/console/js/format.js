// Figures for people: short, steady in width, and with their unit.

const nothing = '\u2013';

/** [figure, unit] of a rate. */
export function rate(value) {
  if (!Number.isFinite(value)) {
    return nothing;
  }
  if (value === 0) {
    return '0';
  }
  return value >= 100 ? count(Math.round(value)) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** A duration in seconds as [figure, unit]. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) {
    return [nothing, ''];
  }
  if (seconds === 0) {
    return ['0', 'ms'];
  }
  if (seconds < 1) {
    return [seconds < 0.01 ? (seconds * 1000).toFixed(1) : String(Math.round(seconds * 1000)), 'ms'];
  }
  return seconds < 120 ? [seconds.toFixed(seconds < 10 ? 2 : 1), 's'] : [(seconds / 60).toFixed(1), 'min'];
}

export function durationText(seconds) {
  return duration(seconds).filter(Boolean).join('\u202f');
}

export function count(value) {
  return Number.isFinite(value) ? value.toLocaleString('en-US') : nothing;
}

/** Big numbers shortened: 12.3k, 4.5M. */
export function short(value) {
  if (!Number.isFinite(value)) {
    return nothing;
  }
  for (const [limit, letter] of [[1e9, 'G'], [1e6, 'M'], [1e4, 'k']]) {
    if (value >= limit) {
      const scaled = value / (limit === 1e4 ? 1e3 : limit);
      return (scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)) + letter;
    }
  }
  return count(value);
}

export function bytes(value) {
  if (!Number.isFinite(value) || value < 0) {
    return nothing;
  }
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  let scaled = value;
  while (scaled >= 1024 && unit < units.length - 1) {
    scaled /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? scaled : scaled.toFixed(scaled < 10 ? 1 : 0)}\u202f${units[unit]}`;
}

export function percent(ratio) {
  return Number.isFinite(ratio) ? `${Math.round(ratio * 100)}%` : nothing;
}

/** How long ago a moment was, from Unix milliseconds. */
export function ago(milliseconds, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - milliseconds) / 1000));
  if (seconds < 5) {
    return 'just now';
  }
  if (seconds < 60) {
    return `${seconds} s ago`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ago`;
  }
  return seconds < 86400 ? `${Math.floor(seconds / 3600)} h ago` : new Date(milliseconds).toLocaleDateString();
}

export function moment(value) {
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? nothing : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

export function plural(amount, one, many = `${one}s`) {
  return `${count(amount)} ${amount === 1 ? one : many}`;
}

/** The first digits of a digest, as people compare them. */
export function digest(value) {
  return typeof value === 'string' && value ? value.replace(/^sha256:/, '').slice(0, 12) : nothing;
}
