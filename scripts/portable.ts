// Which test files do not run on a system, read from what they say themselves (needsSystem); must not run any.

const CALL = /^needsSystem\('(linux|unix)', '(.*)'\);$/m;

export interface LeftOut {
  readonly file: string;
  readonly why: string;
}

/** The files to be left out on `platform`; none on Linux. */
export function leftOutOn(platform: NodeJS.Platform, texts: Readonly<Record<string, string>>): LeftOut[] {
  return Object.entries(texts).flatMap(([file, text]) => {
    const [, system, why = ''] = CALL.exec(text) ?? [];
    const isLeftOut =
      platform !== 'linux' && (system === 'linux' || (system === 'unix' && platform === 'win32'));
    return isLeftOut ? [{ file, why }] : [];
  });
}
