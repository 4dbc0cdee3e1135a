// Turns one script of a scenario into one answer of the API; knows no route and no state of a job.
import { type Answer, verbatimNumber } from './answer.js';
import { FAILED_STATUS, FINISHED_STATUS, vendorErrorBody } from './assumptions.js';
import type { ScriptContext, StatusScript } from './scenario.js';

export interface TakenScript {
  script: StatusScript;
  /** How many scripts of this kind were taken, this one included. */
  number: number;
}

/** The answer the script asks for; `healthyBody` is only called when the script leaves the body alone. */
export function answerOf(
  taken: TakenScript,
  facts: Omit<ScriptContext, 'checkNumber'>,
  healthyBody: () => unknown,
): Answer {
  const { script } = taken;
  const context: ScriptContext = { ...facts, checkNumber: taken.number };
  const httpStatus = script.httpStatus ?? 200;
  return {
    httpStatus,
    headers: typeof script.headers === 'function' ? script.headers(context) : script.headers,
    body: bodyOf({ script, context, httpStatus, healthyBody }),
    fault: script.fault,
    delayMs: script.delayMs,
  };
}

interface BodyChoice {
  script: StatusScript;
  context: ScriptContext;
  httpStatus: number;
  healthyBody: () => unknown;
}

function bodyOf({ script, context, httpStatus, healthyBody }: BodyChoice): unknown {
  if (typeof script.body === 'function') return script.body(context) ?? null;
  if (script.body !== undefined) return script.body;
  // An answer nobody receives must not change anything either: no new job, no switched model.
  if (script.fault === 'reset' || script.fault === 'hang') return undefined;
  if (httpStatus >= 400 && script.status === undefined) {
    return vendorErrorBody(httpStatus, script.message ?? 'Scripted error.');
  }
  return httpStatus >= 300 && httpStatus < 400 ? undefined : healthyBody();
}

export interface StatusAnswer {
  status: string;
  script: StatusScript;
  /** Why the job failed, if it did. */
  failure?: string;
  context: Pick<ScriptContext, 'jobId' | 'modelId' | 'downloadUrl'>;
}

/** A well-formed status answer as the manual shows it. */
export function healthyStatusBody({
  status,
  script,
  context,
  failure,
}: StatusAnswer): Record<string, unknown> {
  const isFinished = status === FINISHED_STATUS;
  const hasUrl = isFinished && script.omitDownloadUrl !== true;
  return {
    status,
    model_id: isFinished ? verbatimNumber(context.modelId) : undefined,
    message: script.message ?? (status === FAILED_STATUS ? failure : undefined),
    download_url: hasUrl ? context.downloadUrl(script.downloadUrlSeconds) : undefined,
    metadata: { retrain_job_id: context.jobId },
  };
}
