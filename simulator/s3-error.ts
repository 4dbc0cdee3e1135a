// Error bodies as S3 writes them; knows no request.

/** The XML of one error; code and message must be free of markup. */
export function errorXml(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}
