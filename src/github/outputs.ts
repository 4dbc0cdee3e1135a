// Writes the outputs of a step, all in one place; must not know which there are or decide any of them.
import * as core from '@actions/core';

/** Outputs by name; one that is not known is left out. */
export type Outputs = Readonly<Record<string, string | undefined>>;

/**
 * Writes the outputs, redacted: texts of the API are passed on as they came but for credentials inside them.
 * @throws Error when the runner's file cannot be written
 */
export function writeOutputs(outputs: Outputs, redact: (text: string) => string): void {
  for (const [name, value] of Object.entries(outputs)) {
    if (value !== undefined) core.setOutput(name, redact(value));
  }
}
