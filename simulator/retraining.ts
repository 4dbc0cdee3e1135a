// Retrains on tables, compares with the model in service and packs the results; knows no upload, no job and no server.
import { fitCentroids, fitConstant } from './baseline-models.js';
import { csvZip } from './csv-zip.js';
import { fitForest } from './forest-model.js';
import { learningTask, taskKey } from './learning-task.js';
import type { Model } from './model.js';
import { resultsFiles } from './results-files.js';
import { irisTable } from './sample-data.js';
import type { UploadedTables } from './uploaded-tables.js';

export interface Retrained {
  zipBytes: Buffer;
  model: Model;
  /** What the model can be asked about: see `taskKey`. */
  key: string;
}

/** The models in service, one for each table. */
export type ModelsInService = Map<string, Model>;

let builtIn: Promise<Retrained> | undefined;

/** Fits a forest and compares it with the model in service for such tables, else with one that knows next to nothing. */
export async function retrain(
  tables: UploadedTables,
  inService: ModelsInService,
  stop: AbortSignal,
): Promise<Retrained> {
  const task = learningTask(tables);
  const key = taskKey(task);
  const previousModel = inService.get(key) ?? fitConstant(task);
  const newModel = await fitForest(task, stop);
  const files = await resultsFiles({ task, newModel, previousModel }, stop);
  return { zipBytes: await csvZip(files), model: newModel, key };
}

/** What is in service when the simulator starts: a simple model of the Iris flowers. */
export function modelsAtStart(): ModelsInService {
  const task = learningTask({ training: irisTable() });
  return new Map([[taskKey(task), fitCentroids(task)]]);
}

/** The ready-made job: retrained on the Iris flowers once in a process, with the same bytes at every run. */
export function builtInRetraining(): Promise<Retrained> {
  builtIn ??= retrain({ training: irisTable() }, modelsAtStart(), new AbortController().signal);
  return builtIn;
}
