import { put } from '../dom.js';

/**
 * A place that is drawn again only when what it shows has changed, so that what is focused in it stays so. Where it has to be drawn
 * again with the focus inside, the same button gets it back, or else the place itself.
 */
export function slot(element) {
  let drawn;
  return {
    element,
    show(value, draw) {
      const wanted = JSON.stringify(value);
      if (wanted === drawn) {
        return;
      }
      drawn = wanted;
      const focused = element.contains(document.activeElement) ? document.activeElement : null;
      const label = focused?.getAttribute('aria-label') ?? focused?.textContent;
      put(element, draw());
      if (focused) {
        const again = [...element.querySelectorAll('button, a')].find(one => (one.getAttribute('aria-label') ?? one.textContent) === label);
        element.tabIndex = -1;
        (again ?? element).focus();
      }
    },
  };
}
