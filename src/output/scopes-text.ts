import type { ScopeEntry, Surface } from '../scopes/catalogue.js';
import type { Paint } from './paint.js';

export function scopesText(entries: ScopeEntry[], paint: Paint): string {
  const width = Math.max(...entries.map(({ scope }) => scope.length));
  return entries.map(({ scope, grants }) => `${paint.bold(scope.padEnd(width))}  ${grants}`).join('\n');
}

export function surfacesText(surfaces: Surface[], paint: Paint): string {
  return surfaces.map((surface) => surfaceText(surface, paint)).join('\n\n');
}

function surfaceText(surface: Surface, paint: Paint): string {
  const required = [...(surface.needsUser ? ['user_id:<id>'] : []), ...surface.required];
  const rows = [
    ['required', required],
    ['recommended', surface.recommended],
    ['optional', surface.optional],
  ] as const;
  const lines = rows.flatMap(([name, scopes]) =>
    scopes.length > 0 ? [`  ${name.padEnd(11)}  ${scopes.join(' ')}`] : [],
  );
  return [`${paint.bold(surface.id)}: ${surface.title}`, ...lines].join('\n');
}
