// What the action and the simulator's process say to each other; knows neither of them.
import type { Simulator, SimulatorOptions } from '../scenario.js';

/** The first message to the process. */
export interface StartOrder {
  kind: 'start';
  options: Omit<SimulatorOptions, 'onAnswered'>;
  /** Where it writes the sample data. */
  folder: string;
  /** Whoever knows it may end the process. */
  stopToken: string;
}

/** The last one: from then on the process outlives the action's step. Without it, it ends with the step. */
export interface StayOrder {
  kind: 'stay';
}

export type Order = StartOrder | StayOrder;

/** The answer when all servers listen. */
export interface Ready
  extends Pick<
    Simulator,
    'apiUrl' | 'apiKey' | 'secretKey' | 'modelId' | 'jobId' | 'artifactUrl' | 'runtimeToken'
  > {
  stopPort: number;
  /** Absolute paths. */
  samples: { training: string; damaged: string; evaluation: string };
}

/** What the post step needs to end the process. */
export interface RunningServer {
  pid: number;
  stopPort: number;
  stopToken: string;
}

/** Names of what one step keeps for its post step. */
export const STATE = { folder: 'folder', server: 'server' } as const;
export const LOG_NAME = 'server.log';
