/**
 * Makes an element's content like the given markup and leaves alone what is already so: focus, scroll positions, text
 * selections and opened details survive a refresh. Children with `data-key` are known by it, others by their place.
 */
export function show(target, markup) {
  const text = String(markup);
  if (shown.get(target) === text) return;
  shown.set(target, text);
  const template = document.createElement('template');
  template.innerHTML = text;
  morphChildren(target, template.content);
}

const shown = new WeakMap();

function morphChildren(target, wantedParent) {
  const keyed = new Map();
  for (const child of target.children) if (child.dataset.key) keyed.set(child.dataset.key, child);
  let current = target.firstChild;
  for (const wanted of [...wantedParent.childNodes]) {
    const known = keyOf(wanted) === undefined ? current : keyed.get(keyOf(wanted));
    if (!known || !alike(known, wanted)) {
      target.insertBefore(wanted, current);
      continue;
    }
    if (known === current) current = current.nextSibling;
    else target.insertBefore(known, current);
    morphNode(known, wanted);
  }
  while (current) {
    const next = current.nextSibling;
    current.remove();
    current = next;
  }
}

function morphNode(node, wanted) {
  if (node.nodeType !== Node.ELEMENT_NODE) {
    if (node.data !== wanted.data) node.data = wanted.data;
    return;
  }
  for (const { name } of [...node.attributes]) {
    // Whether details are open is the reader's choice.
    if (!wanted.hasAttribute(name) && !(name === 'open' && node.localName === 'details'))
      node.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes)
    if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  morphChildren(node, wanted);
}

const keyOf = (node) => node.dataset?.key;
const alike = (node, wanted) => node.nodeName === wanted.nodeName && keyOf(node) === keyOf(wanted);
