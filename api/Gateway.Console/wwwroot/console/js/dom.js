// Elements are made here, and texts only ever become text: what engines and galleries say is not to be trusted.

const svgNamespace = 'http://www.w3.org/2000/svg';

/** Makes an element. Properties beginning with `on` are listeners; null and false leave a property out. */
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** The same for drawings. */
export function svg(tag, properties, ...children) {
  return fill(document.createElementNS(svgNamespace, tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (name.startsWith('on')) {
      element.addEventListener(name.slice(2), value);
    } else if (name === 'data') {
      Object.assign(element.dataset, value);
    } else if (name === 'value' || name === 'checked' || name === 'disabled' || name === 'hidden') {
      element[name] = value;
    } else {
      element.setAttribute(name, value === true ? '' : String(value));
    }
  }
  element.append(...flatten(children));
  return element;
}

function flatten(children) {
  return children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false);
}

/** Replaces what an element holds. */
export function put(element, ...children) {
  element.replaceChildren(...flatten(children));
  return element;
}

/** Sets a text only when it has changed, so that selections and screen readers are left in peace. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Only addresses of the web become links; anything else stays text. */
export function link(address, text) {
  let safe = null;
  try {
    const url = new URL(address);
    safe = url.protocol === 'https:' || url.protocol === 'http:' ? url.href : null;
  } catch {
    // Not an address.
  }
  return safe ? h('a', { href: safe, target: '_blank', rel: 'noopener noreferrer' }, text ?? address) : h('span', null, text ?? address);
}

let unique = 0;

export function newId(prefix) {
  unique += 1;
  return `${prefix}-${unique}`;
}
