// Lets whoever knows a token end this process, over loopback; knows no simulator and no action.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

/** What is said when all is closed. */
export const STOPPED = 'stopped\n';

export interface StopListener {
  port: number;
  /** Stops listening; those who asked to stop hear that it is done. */
  close(): void;
}

/**
 * Listens on 127.0.0.1 at any free port. A process id alone would not do: by the end of a job it may be another's, and
 * Windows has no signal that lets a process end in order.
 */
export async function listenForStop(token: string, stop: () => void): Promise<StopListener> {
  const asking = new Set<Socket>();
  const server = createServer(socket => {
    let text = '';
    socket.setEncoding('utf8');
    // Those who go away without a word have nothing to be told.
    socket.on('error', () => {});
    socket.on('data', (piece: string) => {
      text += piece;
      // Judged as a whole: a token that is refused at its first wrong character can be guessed one by one.
      if (text.length <= token.length) return;
      if (text !== `${token}\n`) return void socket.destroy();
      asking.add(socket);
      stop();
    });
    // A stranger's open connection must not keep the process.
    socket.unref();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      server.close();
      for (const socket of asking) socket.end(STOPPED);
    },
  };
}
