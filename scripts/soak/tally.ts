// Counts what a soak did and what went wrong, and shows it as one table; must not know how anything is run.

export const PROBLEMS = ['wrong verdicts', 'leaks', 'hangs', 'leftover files', 'leftover sockets'] as const;
export type ProblemKind = (typeof PROBLEMS)[number];

export interface Problem {
  readonly kind: ProblemKind;
  /** Which wait or run, and what was seen. */
  readonly text: string;
}

export class Tally {
  readonly problems: Problem[] = [];
  readonly #done = new Map<string, number>();
  readonly #answers = new Map<string, number>();
  readonly #faults = new Map<string, number>();
  readonly #verdicts = new Map<string, number>();

  done(what: string): void {
    add(this.#done, what);
  }

  /** An answer that is no fault, whatever it means. */
  answer(kind: string): void {
    add(this.#answers, kind);
  }

  fault(kind: string): void {
    add(this.#faults, kind);
  }

  verdict(result: string): void {
    add(this.#verdicts, result);
  }

  problem(kind: ProblemKind, text: string): void {
    this.problems.push({ kind, text });
  }

  count(what: string): number {
    return this.#done.get(what) ?? 0;
  }

  faultKinds(): string[] {
    return [...this.#faults.keys()].sort();
  }

  verdicts(): string[] {
    return [...this.#verdicts.keys()].sort();
  }

  table(): string {
    const rows: [string, number][] = [
      ...this.#done,
      ...section('verdict', this.#verdicts),
      ...section('answer', this.#answers),
      ...section('fault', this.#faults),
      ...PROBLEMS.map((kind): [string, number] => [
        kind,
        this.problems.filter(one => one.kind === kind).length,
      ]),
    ];
    const width = Math.max(...rows.map(([name]) => name.length));
    return rows.map(([name, count]) => `${name.padEnd(width)}  ${String(count).padStart(8)}`).join('\n');
  }
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function section(title: string, counts: Map<string, number>): [string, number][] {
  return [...counts]
    .map(([name, count]): [string, number] => [`${title}: ${name}`, count])
    .sort(([one], [other]) => one.localeCompare(other));
}
