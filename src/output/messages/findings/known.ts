import type { Facts, Finding } from '../../../report.js';
import { short } from '../../escape.js';
import { spoken } from '../../times.js';

/** The facts of a finding as text, ready to be said. */
export class Known {
  constructor(readonly finding: Finding) {}
  get subject(): string {
    return short(this.finding.subject ?? '', 200);
  }
  get status() {
    return this.finding.status;
  }
  fact(name: keyof Facts): string {
    const value = this.finding.facts[name];
    return short(Array.isArray(value) ? value.join(', ') : String(value ?? 'none'), 200);
  }
  has(name: keyof Facts): boolean {
    return this.finding.facts[name] !== undefined && this.finding.facts[name] !== null;
  }
  span(name: keyof Facts): string {
    return spoken(Number(this.finding.facts[name]));
  }
  /** Two that differ, told apart. */
  spans(...names: [keyof Facts, keyof Facts]): [string, string] {
    const [one, other] = [this.span(names[0]), this.span(names[1])];
    const exact = (name: keyof Facts) => `${Number(this.finding.facts[name])} seconds`;
    return one === other ? [exact(names[0]), exact(names[1])] : [one, other];
  }
}

/** A sentence for each code. */
export type Sentences = Record<string, (known: Known) => string>;
