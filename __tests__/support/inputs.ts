// Inputs as the runner hands them over: environment variables, there for one test only.

/** Runs `work` with these inputs and no others. */
export function withInputs<T>(inputs: Readonly<Record<string, string>>, work: () => T): T {
  const before = { ...process.env };
  const drop = () => {
    for (const name of Object.keys(process.env)) if (name.startsWith('INPUT_')) delete process.env[name];
  };
  drop();
  for (const [name, value] of Object.entries(inputs)) process.env[`INPUT_${name.toUpperCase()}`] = value;
  try {
    return work();
  } finally {
    drop();
    for (const [name, value] of Object.entries(before))
      if (name.startsWith('INPUT_')) process.env[name] = value;
  }
}

/** What `work` writes to standard output. */
export function printedBy(work: () => void): string {
  const write = process.stdout.write;
  let printed = '';
  process.stdout.write = ((text: string) => {
    printed += text;
    return true;
  }) as typeof process.stdout.write;
  try {
    work();
  } finally {
    process.stdout.write = write;
  }
  return printed;
}
