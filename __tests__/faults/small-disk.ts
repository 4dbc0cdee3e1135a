// Real small disks (tmpfs), mounted while a test needs them; needs root, and says so.
import { execFileSync } from 'node:child_process';
import { inServerFolder } from './processes.js';

export interface DiskOptions {
  readonly sizeBytes: number;
  readonly readOnly?: boolean;
  /** How many files and folders fit, its root included. */
  readonly files?: number;
}

/** Mounts a disk while `use` runs. @throws Error with the reason where it cannot be mounted */
export async function withDisk<T>(
  { sizeBytes, readOnly = false, files }: DiskOptions,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  return await inServerFolder('disk', async folder => {
    const limits = [`size=${sizeBytes}`, readOnly ? 'ro' : 'rw', ...(files ? [`nr_inodes=${files}`] : [])];
    mount(['-t', 'tmpfs', '-o', limits.join(','), 'tmpfs', folder]);
    try {
      return await use(folder);
    } finally {
      execFileSync('umount', ['--lazy', folder]);
    }
  });
}

function mount(args: readonly string[]): void {
  try {
    execFileSync('mount', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (cause) {
    const said = (cause as { stderr?: Buffer }).stderr?.toString().trim() ?? String(cause);
    throw new Error(
      `Full disks are tested on a tmpfs, which could not be mounted (${said}): run as root, in a container with --cap-add SYS_ADMIN.`,
      { cause },
    );
  }
}
