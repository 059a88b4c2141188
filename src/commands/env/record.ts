import { keyVariable } from '../../environments/name.js';
import type { Choice } from '../../environments/resolve.js';
import type { Finding } from '../../report.js';
import { workspaceName } from './view.js';

/** Compares what a key mints now with what `env add` recorded of it. */
export function compareRecord(choice: Choice, now: { tenantId: string | null; tenantScope: string | null }): Finding[] {
  const { name, record } = choice;
  if (!record || name === null || isOverridden(choice) || isUnrecorded(choice)) return [];
  const facts = { expected: workspaceName(record), found: workspaceName(now) };
  if (facts.expected === facts.found) return [];
  const fix = ['courier-jwt', 'env', 'add', name, '--replace'];
  return [{ code: 'workspace.changed', status: 'fail', subject: name, facts, fix }];
}

/** Whether the stored key was never proved. */
export function isUnrecorded(choice: Choice): boolean {
  const { record } = choice;
  return record?.tenantId === null && record.tenantScope === null && !isOverridden(choice);
}

/** A key from a variable says nothing of the stored one. */
function isOverridden({ name, key }: Choice): boolean {
  return name !== null && key?.source === keyVariable(name);
}
