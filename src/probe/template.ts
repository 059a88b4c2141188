/** Where the user's id goes, in a body or a URL. */
const place = '{user}';

export function namesUser(template: string): boolean {
  return template.includes(place);
}

/** A URL with the user's id in its place. */
export function urlFor(template: string, user: string): string {
  return template.replaceAll(place, () => encodeURIComponent(user));
}

/** A body with the user's id in its place: as JSON, or as a form, whichever the template is. */
export function bodyFor(template: string, user: string): string {
  const escaped = isJson(template) ? JSON.stringify(user).slice(1, -1) : encodeURIComponent(user);
  return template.replaceAll(place, () => escaped);
}

/** A body that names nobody: without what holds the user's id. */
export function bodyWithoutUser(template: string): string {
  if (!isJson(template)) return template.replaceAll(place, '');
  return JSON.stringify(JSON.parse(template), (_, value: unknown) =>
    typeof value === 'string' && value.includes(place) ? undefined : value,
  );
}

/** The body's fields that hold the user's id, as a query: whoever reads either may not tell them apart. */
export function queryFor(template: string, user: string): string {
  const fields = isJson(template) ? leavesOf('', JSON.parse(template)) : [...new URLSearchParams(template)];
  const named = fields.filter(([name, value]) => name !== '' && namesUser(value));
  const values = named.map(([name, value]): [string, string] => [name, value.replaceAll(place, () => user)]);
  return new URLSearchParams(values).toString();
}

/** The texts in a JSON value, each with the name that it has there. */
function leavesOf(name: string, value: unknown): [name: string, text: string][] {
  if (typeof value === 'string') return [[name, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([inside, one]) => leavesOf(inside, one));
}

/** What a server is told that a body is. */
export function contentTypeOf(template: string): string {
  return isJson(template) ? 'application/json' : 'application/x-www-form-urlencoded';
}

export function isJson(template: string): boolean {
  try {
    JSON.parse(template);
    return true;
  } catch {
    return false;
  }
}
