// Makes a learning task of tables: target, kind, rows to train and to evaluate with; knows no file and no model.
import { EVALUATED_EVERY, MOST_NUMERIC_CLASSES, TRAINING_LIMITS } from './assumptions.js';
import type { Table } from './table.js';
import { TrainingRefusal } from './training-refusal.js';
import type { UploadedTables } from './uploaded-tables.js';

/** One row: the cells of the feature columns, and the target's. */
export interface Example {
  cells: readonly string[];
  actual: string;
}

export interface LearningTask {
  kind: 'classification' | 'regression';
  /** Names of the feature columns, in the order of `Example.cells`. */
  columns: readonly string[];
  target: string;
  /** All values of the target, sorted; empty for a regression. */
  classes: readonly string[];
  training: readonly Example[];
  evaluation: readonly Example[];
}

/** Whether the cell is a finite number; an empty one is not. */
export function isNumeric(cell: string): boolean {
  return cell !== '' && Number.isFinite(Number(cell));
}

/** What tasks share that one and the same model can be asked about. */
export function taskKey(task: LearningTask): string {
  return JSON.stringify([task.kind, ...task.columns, task.target]);
}

/** Throws a `TrainingRefusal` for tables that nothing can be learned from. */
export function learningTask({ training: table, evaluation: given }: UploadedTables): LearningTask {
  if (table.header.length < 2) throw new TrainingRefusal('fewColumns');
  if (table.header.length > TRAINING_LIMITS.mostColumns) throw new TrainingRefusal('manyColumns');
  const all = examplesOf(table);
  if (all.length < TRAINING_LIMITS.fewestRows) throw new TrainingRefusal('fewRows');
  const values = distinct(all);
  if (values.length < 2) throw new TrainingRefusal('oneClass');
  const isRegression = values.length > MOST_NUMERIC_CLASSES && values.every(isNumeric);
  const { training, evaluation } =
    given === undefined
      ? heldOut(all, isRegression)
      : { training: all, evaluation: sameColumns(given, table) };
  const usable = isRegression ? evaluation.filter(example => isNumeric(example.actual)) : evaluation;
  if (usable.length === 0) throw new TrainingRefusal('noEvaluation');
  const classes = isRegression ? [] : distinct([...training, ...usable]);
  if (classes.length > TRAINING_LIMITS.mostClasses) throw new TrainingRefusal('manyClasses');
  return {
    kind: isRegression ? 'regression' : 'classification',
    columns: table.header.slice(0, -1),
    target: table.header.at(-1) ?? '',
    classes,
    training,
    evaluation: usable,
  };
}

// A row without its target teaches nothing and cannot be judged.
function examplesOf(table: Table): Example[] {
  return table.rows
    .map(row => ({ cells: row.slice(0, -1), actual: row.at(-1) ?? '' }))
    .filter(example => example.actual !== '');
}

function sameColumns(evaluation: Table, training: Table): Example[] {
  if (JSON.stringify(evaluation.header) !== JSON.stringify(training.header)) {
    throw new TrainingRefusal('otherColumns');
  }
  return examplesOf(evaluation);
}

// Counted within each class: in rows that are sorted or alternate by class, whole classes would be missing otherwise.
function heldOut(
  all: readonly Example[],
  isRegression: boolean,
): Pick<LearningTask, 'training' | 'evaluation'> {
  const counts = new Map<string, number>();
  const isHeldOut = all.map(example => {
    const group = isRegression ? '' : example.actual;
    const count = (counts.get(group) ?? 0) + 1;
    counts.set(group, count);
    return count % EVALUATED_EVERY === 0;
  });
  return {
    training: all.filter((_, index) => isHeldOut[index] === false),
    evaluation: all.filter((_, index) => isHeldOut[index] === true),
  };
}

function distinct(examples: readonly Example[]): string[] {
  return [...new Set(examples.map(example => example.actual))].sort();
}
