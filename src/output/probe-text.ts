import { short, visible } from './escape.js';
import { trials } from './messages/findings/probe.js';
import type { Paint } from './paint.js';

/** A request as it would be sent; of headers that were given, the names. */
export interface PlannedView {
  name: string;
  method: string;
  url: string;
  headers: string[];
  body: string | null;
}

/** What `probe` would send, a request after another. */
export function plannedText(planned: PlannedView[], paint: Paint): string {
  const width = Math.max(...planned.map(({ name }) => (trials[name] ?? name).length));
  return planned
    .map(({ name, method, url, headers, body }) => {
      const indent = ' '.repeat(width + 2);
      const more = [
        ...(headers.length > 0 ? [`with ${headers.map(visible).join(', ')}`] : []),
        ...(body ? [visible(short(body))] : []),
      ];
      const first = `${paint.bold((trials[name] ?? name).padEnd(width))}  ${visible(method)} ${visible(short(url, 120))}`;
      return [first, ...more.map((line) => paint.dim(indent + line))].join('\n');
    })
    .join('\n');
}
