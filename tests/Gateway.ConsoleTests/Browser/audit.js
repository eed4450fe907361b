// Looks a page over as accessibility checkers do, and returns what is wrong with it, one line each.
() => {
  const wrong = [];
  const shown = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && element.getClientRects().length > 0;
  const name = element => element.getAttribute('aria-label')
    || (element.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join(' ').trim()
    || [...(element.labels ?? [])].map(label => label.textContent).join(' ').trim()
    || (['BUTTON', 'A', 'SUMMARY'].includes(element.tagName) ? element.textContent.trim() : '');
  const where = element => `<${element.tagName.toLowerCase()} class="${element.getAttribute('class') ?? ''}">${element.textContent.trim().slice(0, 40)}`;

  for (const element of document.querySelectorAll('button, a, input, select, textarea, [role=img], [role=log], dialog[open]')) {
    if (shown(element) && !name(element)) {
      wrong.push(`without a name: ${where(element)}`);
    }
  }
  const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
  ids.filter((id, i) => ids.indexOf(id) !== i).forEach(id => wrong.push(`id twice: ${id}`));
  for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-controls']) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      element.getAttribute(attribute).split(' ').filter(id => !document.getElementById(id)).forEach(id => wrong.push(`${attribute} leads nowhere: ${id}`));
    }
  }
  const headings = [...document.querySelectorAll('h1, h2, h3, h4')].filter(shown).map(heading => Number(heading.tagName[1]));
  if (headings.filter(level => level === 1).length !== 1) {
    wrong.push(`headings of level 1: ${headings.filter(level => level === 1).length}`);
  }
  if (!document.documentElement.lang || !document.title || document.querySelectorAll('main').length !== 1) {
    wrong.push('language, title or main is missing');
  }

  // Contrast, by the formula of WCAG 2: a canvas makes any colour four numbers.
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const numbers = colour => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = context.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], under) => [r, g, b].map((value, i) => value * a + under[i] * (1 - a)).concat(1);
  const behind = element => {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      layers.push(numbers(getComputedStyle(one).backgroundColor));
    }
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255, 1]);
  };
  const light = colour => {
    const [r, g, b] = colour.map(value => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (const element of document.querySelectorAll('body *')) {
    const text = [...element.childNodes].some(node => node.nodeType === Node.TEXT_NODE && node.data.trim());
    if (!text || !shown(element) || element.closest('.visually-hidden, caption, :disabled, .faded, option')) {
      continue;
    }
    const style = getComputedStyle(element);
    const ground = behind(element);
    const [high, low] = [light(over(numbers(style.color), ground)), light(ground)].sort((a, b) => b - a);
    const ratio = (high + 0.05) / (low + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) {
      wrong.push(`contrast ${ratio.toFixed(2)}: ${where(element)}`);
    }
  }
  return wrong;
}
