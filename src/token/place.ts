/** The text at a path of a JSON value (`data.token`); undefined where there is none. */
export function textAt(json: unknown, path: string): string | undefined {
  const value = path.split('.').reduce<unknown>((inside, name) => (isObject(inside) ? inside[name] : undefined), json);
  return typeof value === 'string' ? value : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
