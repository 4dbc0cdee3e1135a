// Writes to a response at the pace of its reader; knows no content.
import type { ServerResponse } from 'node:http';

/** Hands the bytes over. False when the connection closed before. */
export function written(response: ServerResponse, piece: Buffer): Promise<boolean> {
  return new Promise(resolve => {
    if (response.destroyed) {
      resolve(false);
      return;
    }
    const closed = () => resolve(false);
    response.once('close', closed);
    response.write(piece, error => {
      response.off('close', closed);
      resolve(error === null || error === undefined);
    });
  });
}
