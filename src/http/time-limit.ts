// A signal that aborts after a time or together with another one, with its timer put away in the end.

/** The reason of a {@link TimeLimit}'s signal when its own time was up. */
export class TimeLimitExceeded extends Error {
  readonly limitMs: number;

  constructor(limitMs: number) {
    super(`nothing came within ${Math.ceil(limitMs) / 1000} s`);
    this.name = 'TimeLimitExceeded';
    this.limitMs = limitMs;
  }
}

export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Starts the time anew. */
  restart(): void;
  /** Puts timer and listener away; call it on every way out. */
  dispose(): void;
}

/** A signal that aborts with {@link TimeLimitExceeded} after `limitMs`, or with the outer signal's reason. */
export function timeLimit(limitMs: number, outer: AbortSignal): TimeLimit {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const restart = () => {
    if (timer !== undefined) return void timer.refresh();
    timer = setTimeout(() => controller.abort(new TimeLimitExceeded(limitMs)), limitMs);
  };
  const follow = () => controller.abort(outer.reason);
  if (outer.aborted) follow();
  else {
    outer.addEventListener('abort', follow, { once: true });
    restart();
  }
  return {
    signal: controller.signal,
    restart,
    dispose: () => {
      clearTimeout(timer);
      outer.removeEventListener('abort', follow);
    },
  };
}
