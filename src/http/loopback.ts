// Which hosts are this very machine, as a pure rule.

/** Whether a URL's host is loopback by its text: `localhost`, 127.0.0.0/8 or `[::1]`; no name is resolved. */
export function isLoopback(url: URL): boolean {
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname);
}
