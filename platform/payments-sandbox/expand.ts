import { invalidParameter } from './errors.ts';

type Node = { [name: string]: unknown };

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

const expandPath = (
  value: unknown,
  path: string[],
  whole: string,
  find: (id: string) => unknown,
): unknown => {
  if (path.length === 0) return typeof value === 'string' ? (find(value) ?? value) : value;
  if (Array.isArray(value)) return value.map((each) => expandPath(each, path, whole, find));
  const node = typeof value === 'string' ? find(value) : value;
  if (node === null) return null;
  const [name = '', ...rest] = path;
  if (!isNode(node) || !(name in node)) {
    throw invalidParameter('expand', `This property cannot be expanded (${whole}).`);
  }
  return { ...node, [name]: expandPath(node[name], rest, whole, find) };
};

/**
 * Replaces ids by their objects along Stripe's expansion paths (`latest_charge.balance_transaction`, `data.source`).
 * @throws ApiError for a path that the answer does not have, and for one deeper than four levels
 */
export const expand = (answer: unknown, paths: readonly string[], find: (id: string) => unknown): unknown =>
  paths.reduce<unknown>((value, path) => {
    const parts = path.split('.');
    if (parts.length > 4)
      throw invalidParameter('expand', 'You cannot expand more than 4 levels of a property.');
    return expandPath(value, parts, path, find);
  }, answer);
