import { Idiomorph } from './idiomorph.js';

const shown = new WeakMap();

/**
 * Replaces an element's content and keeps what has not changed: focus, scroll positions, text selections and opened
 * details survive a refresh. Elements are matched by their ids.
 */
export function show(target, markup) {
  const text = String(markup);
  if (shown.get(target) === text) return;
  shown.set(target, text);
  Idiomorph.morph(target, text, {
    morphStyle: 'innerHTML',
    callbacks: {
      // The user decides whether details are open.
      beforeAttributeUpdated: (name, node) => !(name === 'open' && node.localName === 'details'),
    },
  });
}
